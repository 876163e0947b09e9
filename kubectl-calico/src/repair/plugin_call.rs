//! Calls of this plugin, in commands and in sentences.

/// How a call begins.
const PLUGIN: &str = "kubectl calico ";

/// What a call reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// What this run has read, files included: a plan, and what to run on which node, follow from it.
    Same,
    /// The cluster as it is now, to see what has become of it.
    Live,
    /// No cluster.
    Nothing,
}

impl Reads {
    /// By the words after `kubectl calico`.
    pub(super) fn of(words: &[&str]) -> Self {
        match words {
            ["plan", ..] => Self::Same,
            ["status", flags @ ..] if flags.windows(2).any(|it| it == ["-o", "connectivity"]) => {
                Self::Same
            }
            ["status" | "nodes" | "snapshot", ..] => Self::Live,
            _ => Self::Nothing,
        }
    }
}

/// A call in a sentence: where it starts, and where its subcommand ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) reads: Reads,
}

/// The calls in a sentence. Each goes on to the next punctuation mark.
pub(super) fn mentions(text: &str) -> Vec<Mention> {
    let mentions = text.match_indices(PLUGIN).map(|(start, name)| {
        let at = start + name.len();
        let rest = text.get(at..).unwrap_or_default();
        let call = rest.split([';', ',', ')']).next().unwrap_or_default();
        let is_no_letter = |c: char| !c.is_ascii_alphabetic();
        let length = call.find(is_no_letter).unwrap_or(call.len());
        let (subcommand, flags) = call.split_at_checked(length).unwrap_or_default();
        let flags = flags.split_whitespace();
        let flags = flags.map(|flag| flag.trim_end_matches(is_no_letter));
        let words: Vec<&str> = std::iter::once(subcommand).chain(flags).collect();
        Mention {
            start,
            end: at + length,
            reads: Reads::of(&words),
        }
    });
    mentions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_in_a_sentence_ends_with_its_clause() {
        for (text, expected) in [
            ("kubectl calico status -o connectivity.", vec![Reads::Same]),
            (
                "kubectl calico status, then -o connectivity",
                vec![Reads::Live],
            ),
            (
                "kubectl calico nodes; kubectl calico plan (kubectl calico explain)",
                vec![Reads::Live, Reads::Same, Reads::Nothing],
            ),
        ] {
            let found: Vec<Reads> = mentions(text).iter().map(|it| it.reads).collect();
            assert_eq!(found, expected, "{text}");
        }
        let found = mentions("see kubectl calico status's notes");
        assert_eq!(found.first().map(|it| (it.start, it.end)), Some((4, 25)));
    }
}
