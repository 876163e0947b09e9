//! Runs helm-postrender as Helm does: a stream on standard input, another on standard output.

use std::process::Command;

use calico_test_support::process::output_on;

/// The result of a run.
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    /// The exit code and standard error, as a case's `error.txt` has them.
    pub(crate) fn error(&self) -> String {
        format!("exit {}\n\n{}", self.exit, self.stderr)
    }
}

/// Runs helm-postrender on an input.
pub(crate) fn filter(arguments: &[&str], input: &[u8]) -> Ran {
    run(&mut command(arguments), input)
}

/// helm-postrender with an empty environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-postrender"));
    command.args(arguments).env_clear();
    command
}

/// Runs a command on an input.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Ran {
    let output = output_on(command, input);
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
