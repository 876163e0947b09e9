//! What a program did: its exit code and its output.

use std::process::Output;

#[derive(Debug)]
pub struct Outcome {
    /// -1 if a signal ended the program.
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
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
