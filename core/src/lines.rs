//! The lines of the fields of a YAML document.

use std::collections::BTreeMap;

use granit_parser::{Event, Options, Parser};

/// The most fields that are noted of a document.
const MOST: usize = 10_000;

/// The lines of a document, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<String, usize>);

/// A collection that is open.
enum Open {
    /// A mapping: its path, and the key whose value follows.
    Mapping(String, Option<String>),
    /// A sequence: its path, and the number of its next item.
    Sequence(String, usize),
}

impl Lines {
    /// The lines of the first document of a text. If it cannot be parsed to the end, those until there.
    pub fn of(text: &str) -> Self {
        let options: Options = granit_parser::options! {
            emit_comments: false,
        };
        let mut lines = BTreeMap::new();
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str_with_options(text, options) {
            let Ok((event, span)) = event else { break };
            let line = span.start.line();
            match &event {
                Event::DocumentEnd => break,
                Event::MappingEnd | Event::SequenceEnd => {
                    open.pop();
                    continue;
                }
                Event::Scalar(..)
                | Event::Alias(..)
                | Event::MappingStart(..)
                | Event::SequenceStart(..) => {}
                _ => continue,
            }
            if lines.len() >= MOST {
                break;
            }
            let path = match open.last_mut() {
                None => {
                    lines.insert(String::new(), line);
                    String::new()
                }
                Some(Open::Sequence(path, next)) => {
                    let path = format!("{path}[{next}]");
                    *next += 1;
                    lines.insert(path.clone(), line);
                    path
                }
                Some(Open::Mapping(path, key)) => match (key.take(), &event) {
                    (Some(path), _) => {
                        if let Event::Scalar(text, ..) = &event
                            && let Some(alias) = alias(&path, text)
                        {
                            lines.entry(alias).or_insert(line);
                        }
                        path
                    }
                    (None, Event::Scalar(text, ..)) => {
                        let dot = if path.is_empty() { "" } else { "." };
                        let field = format!("{path}{dot}{text}");
                        lines.entry(field.clone()).or_insert(line);
                        *key = Some(field);
                        continue;
                    }
                    // A key that is a collection: no field of an object has one.
                    (None, _) => break,
                },
            };
            match event {
                Event::MappingStart(..) => open.push(Open::Mapping(path, None)),
                Event::SequenceStart(..) => open.push(Open::Sequence(path, 0)),
                _ => {}
            }
        }
        Self(lines)
    }

    /// The line of a field, such as `spec.calicoNetwork.ipPools[0].cidr`, or of what contains it if the
    /// document does not have it. `None` for an empty document.
    pub fn line(&self, field: &str) -> Option<usize> {
        for (word, part) in [("label ", "labels"), ("annotation ", "annotations")] {
            if let Some(key) = field.strip_prefix(word) {
                return self.line(&format!("metadata.{part}.{key}"));
            }
        }
        let field = field.split(", ").next().unwrap_or_default();
        let mut path = field;
        loop {
            if path.is_empty() {
                return self.first();
            }
            if let Some(line) = self.0.get(path) {
                return Some(*line);
            }
            let end = path.rfind(['.', '[']).unwrap_or_default();
            path = path.get(..end).unwrap_or_default();
        }
    }

    /// The first line with content.
    pub fn first(&self) -> Option<usize> {
        self.0.get("").copied()
    }
}

/// How findings name a field that has no path of its own: `env FELIX_BPFENABLED`, `image`.
fn alias(path: &str, text: &str) -> Option<String> {
    if path.rsplit('.').next() == Some("image") {
        return Some("image".to_owned());
    }
    let (list, _) = path.strip_suffix("].name")?.rsplit_once('[')?;
    let list = list.rsplit('.').next()?;
    (list == "env").then(|| format!("{list} {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
---
# Source: chart/templates/installation.yaml
kind: Installation
spec:
  calicoNetwork:
    ipPools:
    - name: a
      cidr: 10.0.0.0/16
    - {name: b,
       cidr: 10.1.0.0/16}
  \"variant\": Calico
---
kind: Other
";

    #[test]
    fn a_field_and_what_contains_it() {
        let lines = Lines::of(TEXT);
        for (field, line) in [
            ("kind", 3),
            ("spec.calicoNetwork", 5),
            ("spec.calicoNetwork.ipPools[0]", 7),
            ("spec.calicoNetwork.ipPools[0].cidr", 8),
            ("spec.calicoNetwork.ipPools[1].cidr", 10),
            ("spec.calicoNetwork.ipPools[1].blockSize", 9),
            ("spec.calicoNetwork.bgp", 5),
            ("spec.variant", 11),
        ] {
            assert_eq!(lines.line(field), Some(line), "{field}");
        }
        assert_eq!(lines.first(), Some(3));
        assert_eq!(Lines::of("# nothing\n").first(), None);
    }

    #[test]
    fn a_field_that_findings_name_without_its_path() {
        let lines = Lines::of(
            "metadata:\n  labels:\n    a.b/c: x\nspec:\n  containers:\n  - image: i:v1\n    env:\n    - name: A\n      value: b\n    - name: B\n",
        );
        for (field, line) in [
            ("image", 6),
            ("env A", 8),
            ("env B", 10),
            ("label a.b/c", 3),
            ("spec.containers, spec.none", 5),
        ] {
            assert_eq!(lines.line(field), Some(line), "{field}");
        }
    }

    #[test]
    fn what_cannot_be_parsed_has_lines_until_there() {
        let lines = Lines::of("kind: A\nspec: {a: 1\nb: ]");
        assert_eq!(lines.line("kind"), Some(1));
        assert_eq!(lines.line("spec.a"), Some(2));
    }
}
