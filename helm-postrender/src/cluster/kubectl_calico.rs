//! Runs `kubectl-calico plan`, which reads the cluster: this program has no network code.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use calico_core::cluster_plan::{ClusterPlan, PlannedPool};
use calico_core::text::{MOST, shortened, shown};

use crate::cluster::child_process::{self, Ended, Ending};
use crate::cluster::cluster_target::ClusterTarget;
use crate::cluster::plan_file;
use crate::refusal::Refusal;

const NAME: &str = "kubectl-calico";

/// The plan that kubectl-calico makes for a cluster within `timeout`, and the path of the program.
pub(crate) fn plan(
    target: &ClusterTarget,
    timeout: Duration,
) -> Result<(PathBuf, ClusterPlan), Refusal> {
    let program = find()?;
    let path = shown(program.as_os_str().as_encoded_bytes());
    let mut command = Command::new(&program);
    command.args(target.arguments());
    let ended = child_process::run(&mut command, timeout, plan_file::LONGEST).map_err(|error| {
        failure(&path, &format!("cannot be run: {error}"))
            .fix("fix it, or pass a plan with --config")
    })?;
    if !may_have_plan(&ended) {
        return Err(no_plan(&path, target, &ended, timeout));
    }
    let plan = plan_file::read(&ended.stdout).map_err(|what| {
        let tail = stderr_tail(&ended);
        failure(&path, &format!("did not write a plan: {what}"))
            .why(format!(
                "calicoctl is often installed under this name; {tail}"
            ))
            .fix("put the kubectl-calico of this release next to helm-postrender, or first on PATH")
    })?;
    // Any other code means that the plan lacks something, and the plan must say what.
    let shows_gap = plan.pools.iter().any(PlannedPool::is_open) || !plan.unread.is_empty();
    if ended.ending.code() == Some(0) || shows_gap {
        Ok((program, plan))
    } else {
        Err(no_plan(&path, target, &ended, timeout))
    }
}

/// Whether the output may be a plan. Output that is too long for one is reported as such.
fn may_have_plan(ended: &Ended) -> bool {
    match ended.ending.code() {
        Some(0) => true,
        Some(1 | 2) => !ended.stdout.is_empty(),
        _ => plan_file::is_too_long(&ended.stdout),
    }
}

fn failure(path: &str, what: &str) -> Refusal {
    Refusal::new(format!("--from-cluster: {path} {what}"))
}

fn no_plan(path: &str, target: &ClusterTarget, ended: &Ended, timeout: Duration) -> Refusal {
    failure(path, &reason(ended, timeout))
        .why(stderr_tail(ended))
        .fix(format!("run it directly: {path} {target}"))
}

/// The kubectl-calico next to this program, or else the one on PATH.
fn find() -> Result<PathBuf, Refusal> {
    let own = std::env::current_exe().ok();
    own.and_then(|own| next_to(&own))
        .or_else(|| which::which(NAME).ok())
        .ok_or_else(|| {
            Refusal::new(format!(
                "--from-cluster needs {NAME}, which is neither next to this program nor on PATH"
            ))
            .why("it reads the cluster: this program has no network code")
            .fix(format!(
                "install it, or run `{NAME} plan -o config` on another machine and pass the file \
                 with --config"
            ))
        })
}

/// The kubectl-calico in the directory of a program.
pub(crate) fn next_to(program: &Path) -> Option<PathBuf> {
    which::which(program.parent()?.join(NAME)).ok()
}

/// Why a run of kubectl-calico did not produce a plan.
fn reason(ended: &Ended, timeout: Duration) -> String {
    match ended.ending {
        Ending::Exited(status) => format!("could not make a plan for the cluster ({status})"),
        Ending::TooMuchOutput => {
            let mebibytes = plan_file::LONGEST >> 20;
            format!("wrote more than {mebibytes} MiB, and was stopped")
        }
        Ending::TimedOut => {
            let seconds = timeout.as_secs();
            format!("did not finish within {seconds} s (--cluster-timeout), and was stopped")
        }
    }
}

/// The last lines that kubectl-calico wrote to standard error.
fn stderr_tail(ended: &Ended) -> String {
    let lines: Vec<&[u8]> = ended
        .stderr
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .collect();
    let last = lines.get(lines.len().saturating_sub(MOST)..);
    let last = last.unwrap_or_default();
    if last.is_empty() {
        return "it wrote nothing to stderr".to_owned();
    }
    let mut text = "it wrote to stderr:".to_owned();
    for line in last {
        text.push_str("\n    ");
        text.push_str(&shortened(line.trim_ascii_end(), 300));
    }
    text
}
