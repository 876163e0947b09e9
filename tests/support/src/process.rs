//! Runs programs.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Runs a program on an input, which it need not read to the end: if it refuses its arguments, it reads nothing.
pub fn output_on(command: &mut Command, input: &[u8]) -> Output {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}
