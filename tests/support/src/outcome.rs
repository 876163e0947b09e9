//! What a program did: its exit code and its output.

use std::process::{Command, Output};

use crate::process::output_on;

#[derive(Debug)]
pub struct Outcome {
    /// -1 if a signal ended the program.
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// Runs a program.
    pub fn run(command: &mut Command) -> Self {
        Self::of(&command.output().unwrap())
    }

    /// Runs a program on an input.
    pub fn run_on(command: &mut Command, input: &str) -> Self {
        Self::of(&output_on(command, input.as_bytes()))
    }

    pub fn of(output: &Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn is_success(&self) -> bool {
        self.exit == 0
    }

    /// Standard output, then standard error.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert!(self.is_success(), "exit {}:\n{}", self.exit, self.output());
        self
    }

    #[track_caller]
    pub fn failed(self) -> Self {
        assert!(!self.is_success(), "exit 0:\n{}", self.output());
        self
    }
}
