//! The files that choose which findings are shown: what to ignore, and an earlier report.

use std::path::Path;

use serde::Deserialize;

use crate::assess::changes::KnownFinding;
use crate::assess::ignores::Ignore;
use crate::assess::report;
use crate::cli::{SelectionArgs, checked};
use crate::document::API_VERSION;
use crate::gather::input;

/// What `--ignore-file` names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreFile {
    ignore: Vec<Ignore>,
}

/// An earlier report, as far as it is compared.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Baseline {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    /// When it was written.
    pub(super) time: String,
    /// The cluster that it is about.
    #[serde(default)]
    pub(super) cluster: Option<String>,
    pub(super) findings: Vec<KnownFinding>,
    #[serde(default)]
    changes: Option<serde_yaml::Value>,
}

/// What to ignore, from flags and from the file.
pub(super) fn ignores(arguments: &SelectionArgs) -> Result<Vec<Ignore>, String> {
    let mut ignores = arguments.ignore.clone();
    if let Some(path) = &arguments.ignore_file {
        let read: IgnoreFile = parsed(path)?;
        for ignore in read.ignore {
            ignores.push(checked(ignore).map_err(|why| format!("{}: {why}", path.display()))?);
        }
    }
    Ok(ignores)
}

/// The report that `--baseline` names.
pub(super) fn baseline(path: &Path) -> Result<Baseline, String> {
    let baseline: Baseline = parsed(path)?;
    let name = path.display();
    if baseline.kind != report::KIND || baseline.api_version != API_VERSION {
        return Err(format!(
            "{name} is not a report of this version: write it with kubectl calico status -o json"
        ));
    }
    if baseline.changes.is_some() {
        return Err(format!(
            "{name} has only the findings that were new: write a report without --baseline and --with"
        ));
    }
    Ok(baseline)
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = input::text(path)?;
    let failed = |why: String| format!("{}: {why}", path.display());
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).map_err(|why| failed(why.to_string()));
    }
    if let Some(obstacle) = calico_core::nesting::obstacle(&text) {
        return Err(failed(obstacle));
    }
    serde_yaml::from_str(&text).map_err(|why| failed(why.to_string()))
}
