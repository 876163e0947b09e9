//! Verbs that are not ours. Calico's documentation long told people to install calicoctl under
//! this program's name, so `kubectl calico get …` goes on to work.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use calico_core::text::quoted;

use crate::exit::Exit;
use crate::terminal;

/// Set for calicoctl, so that a wrapper of that name that calls us back ends here.
const HANDED_ON: &str = "KUBECTL_CALICO_HANDED_ON";

/// Hands the arguments to calicoctl, unchanged, and ends as it ends.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let verb = arguments.first().cloned().unwrap_or_default();
    let verb = quoted(verb.as_encoded_bytes());
    let unknown = |why: &str| {
        terminal::complain(&format!(
            "{verb} is not a verb of kubectl calico, and {why}\nkubectl calico --help lists the verbs"
        ));
        Exit::Usage.into()
    };
    if std::env::var_os(HANDED_ON).is_some() {
        return unknown("calicoctl on PATH handed it back");
    }
    let Ok(calicoctl) = which::which("calicoctl") else {
        return unknown("there is no calicoctl on PATH that it could be for");
    };
    let mut command = Command::new(&calicoctl);
    command.args(arguments).env(HANDED_ON, "1");
    match end_as(&mut command) {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(&format!("cannot run {}: {error}", calicoctl.display()));
            Exit::Unread.into()
        }
    }
}

/// Becomes that program, as kubectl became this one: signals and exit codes pass unchanged.
#[cfg(unix)]
fn end_as(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn end_as(command: &mut Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(u8::try_from(code).unwrap_or(1).into())
}
