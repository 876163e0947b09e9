//! Documents that are not YAML: why, and whether that matters here.

use calico_core::text::shown;

use crate::read::mentions::{may_mean_installation, mentions_installation};
use crate::read::text_outside_scalars;
use crate::read::tree::{Tree, TreeError};
use crate::refusal::Refusal;

/// A document that cannot be parsed.
pub(crate) struct Unreadable<'a> {
    pub(crate) refusal: Refusal,
    pub(crate) bytes: &'a [u8],
}

impl Unreadable<'_> {
    /// Refuses a document that another reader may read as an Installation. One that only mentions an
    /// Installation in a comment or a block scalar is worth a note; any other does not matter.
    pub(crate) fn refused_or_noted(self) -> Result<Option<Refusal>, Refusal> {
        if may_mean_installation(&text_outside_scalars::of_block_scalars(self.bytes)) {
            return Err(self.refusal);
        }
        Ok(mentions_installation(self.bytes).then_some(self.refusal))
    }
}

/// What to do about a document that is not YAML. Go's parser is less strict and may accept it.
const FIX: &str = "fix the document, or simplify its YAML";

/// The text and the nodes of a document, or why it has none, and at which byte.
pub(crate) fn parse(bytes: &[u8]) -> Result<(&str, Tree), (Refusal, usize)> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let refusal = Refusal::new("the document is not UTF-8").fix(FIX);
        (refusal, error.valid_up_to())
    })?;
    if let Some(line_end) = text.find("\n\u{feff}") {
        let refusal = Refusal::new("the document contains a byte order mark after its start")
            .why("parsers disagree on whether it is part of the text after it")
            .fix("remove it");
        return Err((refusal, line_end + 1));
    }
    let tree = Tree::parse(text).map_err(|error| refusal(text, &error))?;
    Ok((text, tree))
}

fn refusal(text: &str, error: &TreeError) -> (Refusal, usize) {
    if let Some(second) = second_json_document(text) {
        let what = "there is no --- line between two JSON documents";
        let refusal = Refusal::new(what)
            .why("Helm 4 reads only the first one, and so do Helm 3 and kubectl after a --- line")
            .fix("put a --- line between them");
        return (refusal, second);
    }
    match error {
        TreeError::Syntax(message, at) => {
            let what = format!("the document is not valid YAML: {}", shown(message));
            (Refusal::new(what).fix(FIX), *at)
        }
        TreeError::SecondDocument(at) => {
            let what = "a second document starts without a --- line";
            (Refusal::new(what).fix(FIX), *at)
        }
    }
}

/// The byte where a second JSON document starts, if `text` is JSON documents in a row.
fn second_json_document(text: &str) -> Option<usize> {
    let json = after_marker(text);
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<serde_json::Value>();
    values.next()?.ok()?;
    let rest = json.get(values.byte_offset()..)?.trim_start();
    rest.starts_with(['{', '['])
        .then(|| text.len() - rest.len())
}

/// The text of a document after its `---` and white space.
fn after_marker(text: &str) -> &str {
    text.strip_prefix("---").unwrap_or(text).trim_start()
}
