//! Exit codes. They are part of the interface: README.md and `--help` list them.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The complete stream was written.
    Written,
    /// `--check` would change something; nothing was written.
    WouldChange,
    /// Refused or failed. The output must not be used: it is empty, an incomplete stream, or a
    /// stream whose report could not be written.
    Refused,
    /// Usage error (EX_USAGE of sysexits.h).
    Usage,
}

impl Exit {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Written => 0,
            Self::WouldChange => 1,
            Self::Refused => 2,
            Self::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
