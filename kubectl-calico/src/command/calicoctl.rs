//! Commands that are not ours. For years, Calico's documentation told users to install calicoctl
//! under this program's name, so `kubectl calico get …` must still work.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use calico_core::text::{closest, quoted};

use super::output;
use crate::exit::Exit;
use crate::terminal;

/// Set in calicoctl's environment, to detect a wrapper of that name that calls this plugin again.
const PASSED_ON: &str = "KUBECTL_CALICO_PASSED_ON";

/// The commands of calicoctl that are not also ours. Source: projectcalico/calico 01ee8b08,
/// calicoctl/calicoctl/calicoctl.go; `convert` in older releases.
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

/// Passes the arguments on to calicoctl unchanged, and exits as it exits. A word that is similar to
/// one of `ours`, and not one of calicoctl's commands, is treated as a typo.
pub(super) fn run(arguments: &[OsString], ours: &[&str]) -> ExitCode {
    let command = arguments.first().cloned().unwrap_or_default();
    if let Some(meant) = command.to_str().and_then(|command| meant(command, ours)) {
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

/// The one of our commands that a word is a typo or a prefix of.
fn meant<'a>(word: &str, ours: &[&'a str]) -> Option<&'a str> {
    if COMMANDS.contains(&word) {
        return None;
    }
    closest(word, ours).or_else(|| {
        ours.iter()
            .copied()
            .find(|command| word.len() >= 3 && command.starts_with(word))
    })
}

fn unknown(command: &OsString, why: &str) -> ExitCode {
    let command = quoted(command.as_encoded_bytes());
    terminal::complain(&format!(
        "unknown command {command} for \"kubectl calico\"{why}\nRun 'kubectl calico --help' for usage."
    ));
    Exit::Usage.into()
}

/// Replaces this process with the program, as kubectl did with this one, so that signals and exit
/// codes pass through unchanged.
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
