//! The filter's twin, `kubectl-calico`: it knows how to reach a cluster, and its `plan` tells what
//! the filter has to know of one. This program has no network code.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use calico_core::cluster_plan::{ClusterPlan, PlannedPool};
use calico_core::text::{MOST, shortened, shown};

use crate::cluster::child::{self, Ended, Ending};
use crate::cluster::cluster_target::Target;
use crate::cluster::plan_file;
use crate::refusal::Refusal;

const NAME: &str = "kubectl-calico";

/// The plan that the twin makes of a cluster within `time`, and where the twin was found.
pub(crate) fn plan(target: &Target, time: Duration) -> Result<(PathBuf, ClusterPlan), Refusal> {
    let program = find()?;
    let path = shown(program.as_os_str().as_encoded_bytes());
    let failed = |what: String| Refusal::new(format!("--from-cluster: {path} {what}"));
    let mut command = Command::new(&program);
    command.args(target.arguments());
    let ended = child::run(&mut command, time, plan_file::LONGEST);
    let ended = ended.map_err(|error| {
        failed(format!("cannot be run: {error}")).fix("repair it, or give a plan with --config")
    })?;
    let no_answer = || {
        let what = match ended.ending {
            Ending::Exited(status) => format!("could not make a plan of the cluster ({status})"),
            Ending::Long => format!(
                "wrote more than {} MiB, and was stopped",
                plan_file::LONGEST >> 20
            ),
            Ending::Late => format!(
                "did not answer within {} s (--cluster-timeout), and was stopped",
                time.as_secs()
            ),
        };
        let by_itself = format!("see what it says by itself: {path} {target}");
        failed(what).why(said(&ended)).fix(by_itself)
    };
    let code = ended.ending.code();
    let answer = ended.stdout.as_slice();
    let is_answer = match code {
        Some(0) => true,
        Some(1 | 2) => !answer.is_empty(),
        _ => plan_file::is_too_long(answer),
    };
    if !is_answer {
        return Err(no_answer());
    }
    let plan = plan_file::read(answer).map_err(|what| {
        let why = "calicoctl is often installed under this name";
        failed(format!("did not answer with a plan: {what}"))
            .why(format!("{why}; {}", said(&ended)))
            .fix("put this release's kubectl-calico beside helm-postrender, or first on PATH")
    })?;
    // Other codes say that something is missing. What it is, the plan has to show.
    let is_open = plan.pools.iter().any(PlannedPool::is_open) || !plan.unread.is_empty();
    if code == Some(0) || is_open {
        Ok((program, plan))
    } else {
        Err(no_answer())
    }
}

/// The twin beside this program, else the one on PATH.
fn find() -> Result<PathBuf, Refusal> {
    let own = std::env::current_exe().ok();
    let beside = own.and_then(|own| Some(own.parent()?.join(NAME)));
    let names = beside.into_iter().chain([NAME.into()]);
    let mut found = names.filter_map(|name| which::which(name).ok());
    found.next().ok_or_else(|| {
        Refusal::new(format!(
            "--from-cluster needs {NAME}, which is neither beside this program nor on PATH"
        ))
        .why("it is what reads the cluster: this program has no network code")
        .fix(format!(
            "install it, or have `{NAME} plan -o config` write a plan where it is, and give that \
             with --config"
        ))
    })
}

/// The last lines that the twin said.
fn said(ended: &Ended) -> String {
    let lines = ended.stderr.split(|byte| *byte == b'\n');
    let lines: Vec<&[u8]> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
    let first = lines.len().saturating_sub(MOST);
    let lines = lines.get(first..).unwrap_or_default();
    if lines.is_empty() {
        return "it said nothing".to_owned();
    }
    let shown = lines.iter().map(|line| {
        let line = shortened(line.trim_ascii_end(), 300);
        format!("\n    {line}")
    });
    format!("it said:{}", shown.collect::<String>())
}
