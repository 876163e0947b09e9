//! Why a run writes nothing, in words that tell what, where, why and what to do.

use std::fmt;

use calico_core::rules::Verdict;
use calico_core::text::quoted;

use crate::exit::Exit;
use crate::judge::Judged;
use crate::stream::{Place, Stream};

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
                    .filter(|judged| judged.judgement.verdict == Verdict::Refused)
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
    let judgements = refused.iter().map(|judged| &judged.judgement);
    let places: usize = judgements.clone().map(|judgement| 1 + judgement.more).sum();
    let mut rules: Vec<&str> = judgements.map(|judgement| judgement.rule.name).collect();
    rules.sort_unstable();
    rules.dedup();
    match (rules.len(), places) {
        (1, 1) => "a rule is broken".to_owned(),
        (1, places) => format!("a rule is broken in {places} places"),
        (rules, places) if rules == places => format!("{rules} rules are broken"),
        (rules, places) => format!("{rules} rules are broken in {places} places"),
    }
}

/// A refusal that no rule names: the stream has a form that cannot be edited for sure, or does
/// not hold what the run needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(Box<Parts>);

/// What a refusal tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts {
    what: String,
    place: Option<Place>,
    object: Option<String>,
    text: Option<String>,
    why: Option<String>,
    fix: Option<String>,
}

impl Refusal {
    /// What is refused.
    pub fn new(what: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            what: what.into(),
            ..Parts::default()
        }))
    }

    /// Why that is a reason.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    /// What to do.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.0.fix = Some(fix.into());
        self
    }

    /// Which object, as `Installation default`.
    pub fn of(mut self, object: impl Into<String>) -> Self {
        self.0.object = Some(object.into());
        self
    }

    /// Where, for something that no line shows.
    pub fn placed(mut self, place: Place) -> Self {
        self.0.place = Some(place);
        self
    }

    /// Where: byte `offset` of document `index`, and the line that stands there.
    pub fn at(mut self, stream: &Stream, index: usize, offset: usize) -> Self {
        let document = stream.document(index);
        let offset = offset.min(document.len());
        let (before, after) = document.split_at(offset);
        let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let end = memchr::memchr(b'\n', after).map_or(document.len(), |newline| offset + newline);
        let line = document.get(start..end).unwrap_or_default();
        self.0.text = Some(quoted(line.trim_ascii()));
        self.placed(stream.place(index, offset))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        f.write_str(&parts.what)?;
        if let Some(place) = &parts.place {
            write!(f, "\n  at: {place}")?;
            if let Some(object) = &parts.object {
                write!(f, " ({object})")?;
            }
        }
        let lines = [
            ("text", &parts.text),
            ("why", &parts.why),
            ("fix", &parts.fix),
        ];
        lines.into_iter().try_for_each(|(label, line)| match line {
            Some(line) => write!(f, "\n  {label}: {line}"),
            None => Ok(()),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            line,
            column,
        } = self;
        write!(f, "document {document}, line {line}, column {column}")
    }
}
