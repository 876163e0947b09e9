//! A case in tests/cases/remedies: a cluster is broken, and the fix that `status` prints is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use calico_test_support::cases::cases;
use serde::Deserialize;

use super::base::Base;

/// A `case.yaml`. The scripts in it run in bash, with kubectl; `$CRDS` is a file with the definitions of Calico.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Case {
    #[serde(skip)]
    pub(super) name: String,
    /// The code and the subject of the finding whose fix is run.
    #[serde(default)]
    pub(super) finding: Option<String>,
    /// Or the arguments of `plan`, whose steps are run.
    #[serde(default)]
    pub(super) plan: Option<String>,
    /// A part of the commands of the fix, if the finding may have several.
    #[serde(default)]
    pub(super) command: String,
    #[serde(default)]
    pub(super) base: Base,
    /// Whether only `scripts/remedies` runs it.
    #[serde(default)]
    pub(super) slow: bool,
    /// Breaks the cluster.
    #[serde(default)]
    pub(super) broken_by: Option<String>,
    /// What the reader changes in an editor: a script whose first argument is the file.
    #[serde(default)]
    pub(super) edit: Option<String>,
    /// What the reader puts in the place of words such as NAMESPACE.
    #[serde(default)]
    pub(super) words: BTreeMap<String, String>,
    /// What the reader does that a step describes but has no command for.
    #[serde(default)]
    pub(super) by_hand: Option<String>,
    /// Codes of findings that the fix may leave or cause, with the reason.
    #[serde(default)]
    pub(super) leaves: BTreeMap<String, String>,
    /// Networks that are gone afterwards although no step names them, with the reason.
    #[serde(default)]
    pub(super) loses: BTreeMap<String, String>,
    /// Succeeds if the cluster is as it was meant to be.
    #[serde(default)]
    pub(super) then: Option<String>,
}

/// All cases, those with the same base next to each other.
pub(super) fn all() -> Vec<Case> {
    let mut all: Vec<Case> = cases("remedies", "case.yaml")
        .iter()
        .map(|folder| read(folder))
        .collect();
    all.sort_by_key(|case| case.base);
    all
}

fn read(folder: &Path) -> Case {
    let text = fs::read_to_string(folder.join("case.yaml")).unwrap();
    let mut case: Case =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .clone_into(&mut case.name);
    case
}

impl Case {
    /// The code of the finding.
    pub(super) fn code(&self) -> Option<&str> {
        self.finding.as_deref()?.split(' ').next()
    }

    /// What is run.
    pub(super) fn subject(&self) -> String {
        match (&self.finding, &self.plan) {
            (Some(finding), None) => finding.clone(),
            (None, Some(arguments)) => format!("plan {arguments}"),
            _ => panic!("{} must have either finding or plan", self.name),
        }
    }
}
