//! Documents that are not YAML: why, and whether that is any of this program's business.

use calico_core::installation::KIND;
use calico_core::text::shown;

use crate::error::Refusal;
use crate::mentions;
use crate::tree::{Tree, TreeError};
use crate::verify;

/// A document that cannot be parsed.
pub(crate) struct Unreadable<'a> {
    pub(crate) refusal: Refusal,
    pub(crate) bytes: &'a [u8],
}

impl Unreadable<'_> {
    /// Refused if it claims to be an Installation, or is one to the second reader; worth a note
    /// if it only mentions one. Others are none of ours.
    pub(crate) fn refused_or_noted(self) -> Result<Option<Refusal>, Refusal> {
        let seen = std::str::from_utf8(self.bytes).is_ok_and(verify::sees_one);
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
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    let rest = text.get(end..)?;
    (!rest.trim_start().is_empty()).then(|| end + rest.len() - rest.trim_start().len())
}

/// Whether it says at its top level that it is an Installation, or mentions one in JSON, where that
/// cannot be told.
fn claims_to_be_one(text: &[u8]) -> bool {
    let json = matches!(text.trim_ascii_start().first(), Some(b'{' | b'['));
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
    json && mentions::installation(text) || text.split(|b| *b == b'\n').any(is_kind)
}
