//! Why a run writes nothing, in words that tell what, where, why and what to do.

use std::fmt;

use calico_core::rules::Verdict;

use crate::exit::Exit;
use crate::judge::Judged;
use crate::refusal::Refusal;

/// Why nothing was written.
#[derive(Debug)]
pub enum Error {
    /// The command line is wrong.
    Usage(String),
    /// The stream, or what was asked of it, is refused.
    Refused(Refusal),
    /// Rules are broken, and not all of them are allowed.
    Rules(Vec<Judged>),
    /// `--check`, and something would change.
    WouldChange(Vec<String>),
    /// Reading or writing failed.
    Io(String),
    /// Whoever reads the output went away. Nothing is said: it is they who ended it.
    BrokenPipe,
}

impl Error {
    /// The exit code that tells it.
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
            Self::Rules(judged) => {
                let refused: Vec<&Judged> = judged
                    .iter()
                    .filter(|judged| judged.violation.verdict == Verdict::Refused)
                    .collect();
                write!(f, "{}; nothing was written", how_many(&refused))?;
                refused
                    .iter()
                    .try_for_each(|judged| write!(f, "\n{judged}"))
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

/// `a rule is broken`, or how many are, and in how many places.
fn how_many(refused: &[&Judged]) -> String {
    let violations = refused.iter().map(|judged| &judged.violation);
    let places: usize = violations.clone().map(|violation| 1 + violation.more).sum();
    let mut rules: Vec<&str> = violations
        .map(|violation| violation.rule.entry.code)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    match (rules.len(), places) {
        (1, 1) => "a rule is broken".to_owned(),
        (1, places) => format!("a rule is broken in {places} places"),
        (rules, places) if rules == places => format!("{rules} rules are broken"),
        (rules, places) => format!("{rules} rules are broken in {places} places"),
    }
}
