//! What running a program came to.

use std::process::Output;

#[derive(Debug)]
pub struct Outcome {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn of(output: &Output) -> Self {
        Self {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What a person sees: both outputs.
    pub fn seen(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert!(self.success, "it failed:\n{}", self.seen());
        self
    }

    #[track_caller]
    pub fn failed(self) -> Self {
        assert!(!self.success, "it succeeded:\n{}", self.seen());
        self
    }
}
