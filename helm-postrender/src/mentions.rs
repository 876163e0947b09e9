//! Which documents of a stream are worth parsing, found in as few looks at all of it as it takes: a
//! chart's CRDs are megabytes.

use calico_core::installation::{API_VERSION, KIND};
use memchr::memmem;

use crate::operator::DEPLOYMENT;
use crate::stream::Stream;

/// Documents, by what they mention.
pub(crate) struct Mentions {
    /// Those that may hold an Installation: they show both its words, or can hide one.
    pub(crate) installation: Vec<usize>,
    /// Those that name the operator's Deployment.
    pub(crate) operator: Vec<usize>,
}

/// What both names to look for hold, so that one look finds either.
const COMMON: &[u8] = b"tigera";

impl Mentions {
    pub(crate) fn of(stream: &Stream) -> Self {
        let mut found = Self {
            installation: Vec::new(),
            operator: Vec::new(),
        };
        let bytes = stream.bytes();
        let shows = |name: &str, at: usize| {
            let before = memmem::find(name.as_bytes(), COMMON).unwrap_or_default();
            let start = at.checked_sub(before);
            let text = start.and_then(|start| bytes.get(start..));
            text.is_some_and(|text| text.starts_with(name.as_bytes()))
        };
        for at in memmem::find_iter(bytes, COMMON) {
            if shows(API_VERSION, at) {
                found.installation.push(stream.document_of(at));
            }
            if shows(DEPLOYMENT, at) {
                found.operator.push(stream.document_of(at));
            }
        }
        found.operator.dedup();
        found.installation.dedup();
        let is_one = |document: &usize| installation(stream.document(*document));
        found.installation.retain(is_one);
        found.installation.extend(hidden(stream));
        found.installation.sort_unstable();
        found.installation.dedup();
        found
    }
}

/// Whether a document shows both the words that make an object an Installation.
pub(crate) fn installation(document: &[u8]) -> bool {
    let shows = |word: &str| memmem::find(document, word.as_bytes()).is_some();
    shows(API_VERSION) && shows(KIND)
}

/// The documents that can mean a text without showing it: by an escape that stands for a letter, a
/// slash or nothing (`\x49`, `\u0049`, `\U00000049`, `\/`, a line end, in YAML 1.1 also those beyond
/// ASCII), or by a tag that has one (`!!binary`, `!<…:binary>`).
fn hidden(stream: &Stream) -> impl Iterator<Item = usize> + '_ {
    let bytes = stream.bytes();
    let can_hide = |at: &usize| match (bytes.get(*at), bytes.get(at + 1)) {
        (Some(b'\\'), Some(next)) => {
            matches!(
                next,
                b'x' | b'u' | b'U' | b'/' | b'\n' | b'\r' | 0xc2 | 0xe2
            )
        }
        (_, next) => matches!(next, Some(b'!' | b'<')),
    };
    memchr::memchr2_iter(b'\\', b'!', bytes)
        .filter(can_hide)
        .map(|at| stream.document_of(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<usize>, Vec<usize>) {
        let found = Mentions::of(&Stream::new(text.as_bytes().to_vec()));
        (found.installation, found.operator)
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
