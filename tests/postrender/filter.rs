//! Runs helm-postrender as Helm does: a stream on standard input, another on standard output.

use std::io::Write as _;
use std::process::{Command, Stdio};

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
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the filter starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let output = std::thread::scope(|scope| {
        // If it refuses its arguments, it does not read the stream.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("the filter ends")
    });
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
