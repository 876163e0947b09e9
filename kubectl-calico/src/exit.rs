//! Exit codes. They are part of the interface: README.md and `--help` list them. (kubectl on
//! Windows turns every failure into 1.)

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`, and all was judged.
    Well,
    /// Findings at or above `--fail-on`; they win over what could not be judged.
    Findings,
    /// Not enough could be read to judge all.
    Unread,
    /// Wrong usage (EX_USAGE of sysexits.h).
    Usage,
}

impl Exit {
    /// Its number.
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Findings => 1,
            Self::Unread => 2,
            Self::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
