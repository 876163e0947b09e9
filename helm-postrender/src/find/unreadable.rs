//! Documents that are not YAML: why, and whether that is any of this program's business.

use calico_core::installation::KIND;
use calico_core::text::shown;

use crate::find::other_readers;
use crate::read::mentions;
use crate::read::tree::{Tree, TreeError};
use crate::refusal::Refusal;

/// A document that cannot be parsed.
pub(crate) struct Unreadable<'a> {
    pub(crate) refusal: Refusal,
    pub(crate) bytes: &'a [u8],
}

impl Unreadable<'_> {
    /// Refused if it claims to be an Installation, or is one to another reader; worth a note
    /// if it only mentions one. Others are none of ours.
    pub(crate) fn refused_or_noted(self) -> Result<Option<Refusal>, Refusal> {
        let seen = std::str::from_utf8(self.bytes).is_ok_and(other_readers::see_one);
        if seen || claims_to_be_one(self.bytes) {
            return Err(self.refusal);
        }
        Ok(mentions::installation(self.bytes).then_some(self.refusal))
    }
}

/// What to do about such a document. Go's reader is laxer and may take it.
const REPAIR: &str = "repair the document, or write it in plainer YAML";

/// The text and the nodes of a document, or why it has none, and the byte where.
pub(crate) fn parse(bytes: &[u8]) -> Result<(&str, Tree), (Refusal, usize)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => match Tree::parse(text) {
            Ok(tree) => Ok((text, tree)),
            Err(error) => Err(refusal(text, &error)),
        },
        Err(error) => {
            let refusal = Refusal::new("the document is not UTF-8").fix(REPAIR);
            Err((refusal, error.valid_up_to()))
        }
    }
}

fn refusal(text: &str, error: &TreeError) -> (Refusal, usize) {
    if let Some(second) = concatenated_json(text) {
        let what = "JSON documents follow each other without a --- line between them";
        let why = "Helm 4 reads the first only, and so do Helm 3 and kubectl behind a --- line";
        let fix = "put a --- line between them";
        return (Refusal::new(what).why(why).fix(fix), second);
    }
    match error {
        TreeError::Syntax(message, at) => {
            let what = format!("the document is not YAML: {}", shown(message));
            (Refusal::new(what).fix(REPAIR), *at)
        }
        TreeError::SecondDocument(at) => {
            let what = "a second document starts without a --- line of its own";
            (Refusal::new(what).fix(REPAIR), *at)
        }
    }
}

/// The byte where a second JSON document starts, if `text` is JSON documents in a row.
fn concatenated_json(text: &str) -> Option<usize> {
    let json = behind_marker(text);
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<serde_json::Value>();
    values.next()?.ok()?;
    let rest = json.get(values.byte_offset()..)?.trim_start();
    rest.starts_with(['{', '['])
        .then(|| text.len() - rest.len())
}

/// Whether it says at its top level that it is an Installation, or mentions one in JSON, where that
/// cannot be told.
fn claims_to_be_one(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|b| *b == b'\n');
    let is_kind = |line: &[u8]| {
        let value = line.strip_prefix(b"kind:").unwrap_or_default();
        let end = memchr::memchr(b'#', value).unwrap_or(value.len());
        let value = value.get(..end).unwrap_or_default().trim_ascii();
        let shows = |quote: &[u8]| {
            let word = value
                .strip_prefix(quote)
                .and_then(|v| v.strip_suffix(quote));
            word == Some(KIND.as_bytes())
        };
        shows(b"") || shows(b"\"") || shows(b"'") || value.contains(&b'\\')
    };
    lines.any(is_kind) || is_json(bytes) && mentions::installation(bytes)
}

/// Whether a document starts like one of JSON.
fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    behind_marker(text).starts_with(['{', '['])
}

/// A document's text behind its marker and any space.
fn behind_marker(text: &str) -> &str {
    text.strip_prefix("---").unwrap_or(text).trim_start()
}
