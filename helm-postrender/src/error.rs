//! Why a run fails.

use std::fmt;

use crate::exit::Exit;
use crate::judge::JudgedViolation;
use crate::refusal::Refusal;

/// Why a run fails. Nothing is written, unless writing had already started.
#[derive(Debug)]
pub enum Error {
    /// The command line is wrong.
    Usage(String),
    /// The stream, or the request, is refused.
    Refused(Refusal),
    /// Rules are violated: the violations that are refused.
    Rules(Vec<JudgedViolation>),
    /// With `--check`: these fields would change.
    WouldChange(Vec<String>),
    /// Reading or writing failed.
    Io(String),
    /// The reader closed the output and so ended the run: no message is printed.
    BrokenPipe,
}

impl Error {
    /// The exit code of a run that ends with it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::WouldChange(_) => Exit::WouldChange,
            Self::Refused(_) | Self::Rules(_) | Self::Io(_) | Self::BrokenPipe => Exit::Refused,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Io(message) => f.write_str(message),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Rules(violations) => {
                write!(f, "{}; nothing was written", count(violations))?;
                violations
                    .iter()
                    .try_for_each(|violation| write!(f, "\n{violation}"))
            }
            Self::WouldChange(changes) => {
                f.write_str("--check: this run would change the stream; nothing was written")?;
                changes
                    .iter()
                    .try_for_each(|change| write!(f, "\n  {change}"))
            }
            Self::BrokenPipe => f.write_str("the output was closed"),
        }
    }
}

/// How many rules are violated, and in how many places.
fn count(violations: &[JudgedViolation]) -> String {
    let places: usize = violations
        .iter()
        .map(|judged| 1 + judged.violation.more)
        .sum();
    let mut rules: Vec<&str> = violations
        .iter()
        .map(|judged| judged.violation.rule.entry.code)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    match (rules.len(), places) {
        (1, 1) => "a rule is violated".to_owned(),
        (1, places) => format!("a rule is violated in {places} places"),
        (rules, places) if rules == places => format!("{rules} rules are violated"),
        (rules, places) => format!("{rules} rules are violated in {places} places"),
    }
}
