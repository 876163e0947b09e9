//! Why the filter writes nothing: what, where, why, and what to do.

use std::fmt;

use calico_core::text::quoted;

use crate::read::place::Place;
use crate::read::stream::Stream;

/// A refusal for which there is no rule: the stream has a form that cannot be edited safely, or lacks
/// what the run needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(Box<Parts>);

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
    /// What is wrong.
    pub fn new(what: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            what: what.into(),
            ..Parts::default()
        }))
    }

    /// Why that is refused.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    /// What to do.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.0.fix = Some(fix.into());
        self
    }

    /// The object that contains it, such as `Installation default`.
    pub fn of(mut self, object: impl Into<String>) -> Self {
        self.0.object = Some(object.into());
        self
    }

    /// Where: byte `offset` of document `index`. Its line is quoted.
    pub fn at(mut self, stream: &Stream, index: usize, offset: usize) -> Self {
        let document = stream.document(index);
        let offset = offset.min(document.len());
        let (before, after) = document.split_at(offset);
        let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let end = memchr::memchr(b'\n', after).map_or(document.len(), |newline| offset + newline);
        let line = document.get(start..end).unwrap_or_default();
        self.0.text = Some(quoted(line.trim_ascii()));
        self.0.place = Some(stream.place(index, offset));
        self
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
        for (label, line) in [
            ("text", &parts.text),
            ("why", &parts.why),
            ("fix", &parts.fix),
        ] {
            if let Some(line) = line {
                write!(f, "\n  {label}: {line}")?;
            }
        }
        Ok(())
    }
}
