//! A file in YAML or JSON that a flag names.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::parse_error::in_words;

/// Why a file cannot be read, and in which line, if that is known.
pub(super) struct ParseError {
    pub(super) why: String,
    line: Option<usize>,
}

impl ParseError {
    pub(super) fn of(&self, path: &Path) -> String {
        let (path, why) = (path.display(), &self.why);
        match self.line {
            Some(line) => format!("{path}:{line}: {why}"),
            None => format!("{path}: {why}"),
        }
    }
}

/// Parses it; the error has a line if that is known.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ParseError> {
    if text.trim_start().starts_with('{')
        && let Ok(parsed) = serde_json::from_str(text)
    {
        return Ok(parsed);
    }
    if let Some(why) = calico_core::nesting::obstacle(text) {
        return Err(ParseError { why, line: None });
    }
    serde_yaml::from_str(text).map_err(|error| {
        let line = error.location().map(|location| location.line());
        let why = in_words(error);
        let place = line.and_then(|line| why.rfind(&format!(" at line {line} column ")));
        let why = place.and_then(|place| why.get(..place)).unwrap_or(&why);
        ParseError {
            why: why.to_owned(),
            line,
        }
    })
}
