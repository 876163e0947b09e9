//! Which documents of a stream are worth parsing, found with one search per document: a chart's CRDs
//! are several megabytes.

use calico_core::installation::{API_VERSION, KIND};
use calico_core::operator::DEPLOYMENT;
use memchr::memmem;

/// Indexes of documents, by what they mention.
#[derive(Default)]
pub(crate) struct Mentions {
    /// Documents that may contain an Installation: both of its strings are there, or may be hidden.
    pub(crate) installation: Vec<usize>,
    /// Documents that contain the name of the operator's Deployment.
    pub(crate) operator: Vec<usize>,
}

/// What the apiVersion and the Deployment's name have in common, so that one search finds both.
const COMMON: &[u8] = b"tigera";

impl Mentions {
    /// Adds document `index` to what it mentions.
    pub(crate) fn note(&mut self, index: usize, document: &[u8]) {
        let (mut api_version, mut operator) = (false, false);
        for at in memmem::find_iter(document, COMMON) {
            api_version |= is_around(API_VERSION, document, at);
            operator |= is_around(DEPLOYMENT, document, at);
        }
        if api_version && contains(document, KIND) || can_hide_text(document) {
            self.installation.push(index);
        }
        if operator {
            self.operator.push(index);
        }
    }
}

/// Whether a document contains both the apiVersion and the kind of an Installation.
pub(crate) fn mentions_installation(document: &[u8]) -> bool {
    contains(document, API_VERSION) && contains(document, KIND)
}

/// Whether a text may contain an Installation: both of its strings are there, or may be hidden.
pub(crate) fn may_mean_installation(text: &[u8]) -> bool {
    mentions_installation(text) || can_hide_text(text)
}

fn contains(document: &[u8], word: &str) -> bool {
    memmem::find(document, word.as_bytes()).is_some()
}

/// Whether `name` is in the document with its part [`COMMON`] at byte `at`.
fn is_around(name: &str, document: &[u8], at: usize) -> bool {
    let before = memmem::find(name.as_bytes(), COMMON).unwrap_or_default();
    at.checked_sub(before)
        .and_then(|start| document.get(start..))
        .is_some_and(|text| text.starts_with(name.as_bytes()))
}

/// Whether a document can represent a string that is not literally in it, by an escape for a letter, a
/// slash or nothing (`\x49`, `\u0049`, `\U00000049`, `\/`, a line end, in YAML 1.1 also those beyond
/// ASCII), or by a tag that decodes it (`!!binary`, `!<…:binary>`).
fn can_hide_text(document: &[u8]) -> bool {
    memchr::memchr2_iter(b'\\', b'!', document).any(|at| {
        match (document.get(at), document.get(at + 1)) {
            (Some(b'\\'), Some(next)) => {
                matches!(
                    next,
                    b'x' | b'u' | b'U' | b'/' | b'\n' | b'\r' | 0xc2 | 0xe2
                )
            }
            (_, next) => matches!(next, Some(b'!' | b'<')),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::stream::Stream;

    fn found(text: &str) -> (Vec<usize>, Vec<usize>) {
        let stream = Stream::new(text.as_bytes().to_vec());
        let found = stream.mentions();
        (found.installation.clone(), found.operator.clone())
    }

    #[test]
    fn both_words_or_what_can_hide_them() {
        let all = [0, 1, 2].as_slice();
        for (text, want) in [
            ("operator.tigera.io/v1 Installation", all),
            ("Installation in operator.tigera.io/v1", all),
            ("operator.tigera.io/v1", &[]),
            ("tigera.io/v1 Installation", &[]),
            ("\"Installa\\x74ion\"", all),
            ("\"Installa\\\n  tion\"", all),
            ("\"Installa\\\r\n  tion\"", all),
            ("!!binary SW5zdGFsbGF0aW9u", all),
            ("'^\\d+\\.\\w' and all()!", &[]),
        ] {
            let stream = format!("# {text}\n---\n{text}\n---\n{text}");
            assert_eq!(found(&stream).0, want, "{text}");
        }
    }

    #[test]
    fn the_operator_by_its_name() {
        let text = "name: tigera-operator\n---\nimage: tigera/operator\n---\ntigera-operator";
        assert_eq!(found(text), (vec![], vec![0, 2]));
        for name in [API_VERSION, DEPLOYMENT] {
            assert!(memmem::find(name.as_bytes(), COMMON).is_some());
        }
    }
}
