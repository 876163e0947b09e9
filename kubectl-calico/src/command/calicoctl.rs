//! Commands that are not ours. Calico's documentation long had users install calicoctl under this
//! program's name, so that `kubectl calico get …` still works.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use calico_core::text::{closest, quoted};

use super::output;
use crate::exit::Exit;
use crate::terminal;

/// Set for calicoctl, so that a wrapper of that name that calls this plugin ends here.
const PASSED_ON: &str = "KUBECTL_CALICO_PASSED_ON";

/// The commands of calicoctl that are not also ours. Source: projectcalico/calico v3.32.1,
/// calicoctl/calicoctl/calicoctl.go; `convert` until v3.31.
const COMMANDS: [&str; 13] = [
    "apply",
    "cluster",
    "convert",
    "create",
    "datastore",
    "delete",
    "get",
    "ipam",
    "label",
    "node",
    "patch",
    "replace",
    "validate",
];

/// Passes the arguments on to calicoctl, unchanged, and ends as it ends. A word that is not one of its
/// commands and close to one of `ours` is taken for a typo.
pub(super) fn run(arguments: &[OsString], ours: &[&str]) -> ExitCode {
    let command = arguments.first().cloned().unwrap_or_default();
    let typo = command
        .to_str()
        .filter(|command| !COMMANDS.contains(command))
        .and_then(|command| closest(command, ours));
    if let Some(meant) = typo {
        return unknown(&command, &format!("; did you mean {}?", quoted(meant)));
    }
    if std::env::var_os(PASSED_ON).is_some() {
        return unknown(
            &command,
            ", and calicoctl on PATH is a wrapper that calls this plugin",
        );
    }
    let Ok(calicoctl) = which::which("calicoctl") else {
        return unknown(&command, ", and calicoctl is not on PATH");
    };
    let mut process = Command::new(&calicoctl);
    process.args(arguments).env(PASSED_ON, "1");
    match end_as(&mut process) {
        Ok(code) => code,
        Err(error) => output::fail(&format!("cannot run {}: {error}", calicoctl.display())).into(),
    }
}

fn unknown(command: &OsString, why: &str) -> ExitCode {
    let command = quoted(command.as_encoded_bytes());
    terminal::complain(&format!(
        "unknown command {command} for \"kubectl calico\"{why}\nRun 'kubectl calico --help' for usage."
    ));
    Exit::Usage.into()
}

/// Becomes that program, as kubectl became this one: signals and exit codes pass unchanged.
#[cfg(unix)]
fn end_as(process: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(process.exec())
}

#[cfg(not(unix))]
fn end_as(process: &mut Command) -> std::io::Result<ExitCode> {
    let code = process.status()?.code().unwrap_or(1);
    Ok(u8::try_from(code).unwrap_or(1).into())
}
