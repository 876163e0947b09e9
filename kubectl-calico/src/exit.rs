//! Exit codes. They are part of the interface: README.md and `--help` list them. (kubectl on
//! Windows turns every failure into 1.)

use std::process::ExitCode;

use crate::assess::cluster_state::ClusterState;
use crate::assess::report::Report;
use crate::cli::RunArgs;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing that `--fail-on` names; every check ran, and the state is known.
    Success,
    /// What `--fail-on` names, whether or not every check ran.
    Findings,
    /// The state is unknown or checks were skipped, because data could not be read; or an error.
    Incomplete,
    /// Usage error (EX_USAGE of sysexits.h).
    Usage,
    /// A signal, after what the run had created was removed: 128 and the number of the signal.
    Signal(u8),
}

impl Exit {
    /// How a run ends that has a result: what `--fail-on` names takes precedence over what could not be
    /// read.
    pub fn of(fails: bool, is_complete: bool) -> Self {
        if fails {
            Self::Findings
        } else if is_complete {
            Self::Success
        } else {
            Self::Incomplete
        }
    }

    /// How `status` ends.
    pub fn of_report(report: &Report, run: &RunArgs) -> Self {
        let missing = report.state == ClusterState::NotInstalled && run.fails_if_not_installed();
        let fails = missing || report.worst().is_some_and(|worst| run.fails_on(worst));
        let is_known = report.state != ClusterState::Unknown;
        Self::of(fails, report.is_complete() && is_known)
    }

    fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Findings => 1,
            Self::Incomplete => 2,
            Self::Usage => 64,
            Self::Signal(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
