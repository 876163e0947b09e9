//! Runs the filter as a user's shell would.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// How a run ended, and what it said.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) exit: i32,
    /// What came out.
    pub(crate) stdout: Vec<u8>,
    /// What it said.
    pub(crate) stderr: String,
}

/// Runs the filter with `arguments` on `input`, in an environment of its own.
#[allow(
    dead_code,
    reason = "not every program of tests that shares this needs it"
)]
pub(crate) fn filter(arguments: &[&str], input: &[u8]) -> Ran {
    run(&mut command(arguments), input)
}

/// The filter with `arguments`, in an environment of its own.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-postrender"));
    command.args(arguments).env_clear();
    command
}

/// Runs a command on `input`.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the filter starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_vec();
    // A run that refuses its arguments leaves the stream unread.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the filter ends");
    let _ = writer.join();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
