//! The documents of a text: manifests, or lists as `kubectl get` prints them.

use std::fmt;

use calico_core::{go_yaml, nesting};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Mapping, Value};

use super::file_object::{FileObject, NotAnObject, Trimming, item_type, objects, typed};

/// The largest document in YAML, in bytes: its parser takes ten times as much memory.
const LARGEST_YAML: usize = 64 << 20;

/// A document.
pub(super) enum Document {
    /// Nothing, or null.
    Empty,
    /// A scalar or a list.
    NotAnObject,
    /// An object. The items of a list are separate, each reduced to what is kept of it.
    Object {
        fields: Mapping,
        items: Option<Vec<Item>>,
    },
}

/// An item of a list.
pub(super) type Item = Result<FileObject, NotAnObject>;

/// The text of a document, with its marker.
pub(super) struct DocumentText<'a> {
    /// How many lines are before it.
    pub(super) first_line: usize,
    pub(super) text: &'a str,
}

/// The texts of the documents of a stream. No line inside a document can begin with `---`, so a document
/// that cannot be parsed does not hide the next one.
pub(super) fn split(text: &str) -> Vec<DocumentText<'_>> {
    let mut documents = Vec::new();
    let (mut start, mut end, mut first_line) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if is_marker(without_mark(line)) {
            documents.push((first_line, text.get(start..end)));
            (start, first_line) = (end, number);
        }
        end += line.len();
    }
    documents.push((first_line, text.get(start..)));
    documents
        .into_iter()
        .filter_map(|(first_line, text)| {
            let text = without_mark(text?);
            if is_blank(text) {
                return None;
            }
            Some(DocumentText { first_line, text })
        })
        .collect()
}

/// A text without the byte order mark that is left if a file is appended to another.
fn without_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

fn is_marker(line: &str) -> bool {
    line.strip_prefix("---")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Whether a text has nothing but comments, and the directives of the next document.
fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with(['#', '%']) || line == "..."
    })
}

/// Parses a text that [`split`] returned: one document, several that `...` separates, or several in JSON.
/// Nothing is returned after one that cannot be parsed.
pub(super) fn parse(document: &DocumentText, trimming: Trimming) -> Vec<Result<Document, String>> {
    let text = document.text;
    let json = text.trim_start_matches("---").trim_start();
    if json.starts_with('{')
        && let Ok(documents) = parse_json(json, trimming)
    {
        return documents.into_iter().map(Ok).collect();
    }
    if text.len() > LARGEST_YAML {
        let limit = LARGEST_YAML >> 20;
        return vec![Err(format!("it is larger than {limit} MiB: use JSON"))];
    }
    if let Some(obstacle) = nesting::obstacle(text) {
        return vec![Err(shifted(&obstacle, document.first_line))];
    }
    let mut documents = Vec::new();
    let seed = DocumentSeed {
        trimming,
        merges: text.contains(MERGE_KEY),
    };
    for yaml in serde_yaml::Deserializer::from_str(&go_yaml::rewritten(text)) {
        let parsed = yaml.deserialize_any(seed);
        let is_last = parsed.is_err();
        documents.push(parsed.map_err(|error| shifted(&error.to_string(), document.first_line)));
        if is_last {
            break;
        }
    }
    documents
}

/// An error whose lines are those of the file: `at line 3 column 1`.
fn shifted(error: &str, lines: usize) -> String {
    const LINE: &str = "line ";
    let mut parts = error.split(LINE);
    let mut shifted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        shifted.push_str(LINE);
        match number.parse::<usize>() {
            Ok(number) => shifted.push_str(&(number + lines).to_string()),
            Err(_) => shifted.push_str(number),
        }
        shifted.push_str(rest);
    }
    shifted
}

/// The documents of a text in JSON: one, or one after the other, as kubectl reads them.
fn parse_json(text: &str, trimming: Trimming) -> Result<Vec<Document>, serde_json::Error> {
    let seed = DocumentSeed {
        trimming,
        merges: false,
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let mut documents = vec![json.deserialize_any(seed)?];
    while json.end().is_err() {
        documents.push(json.deserialize_any(seed)?);
    }
    Ok(documents)
}

/// The key whose value YAML 1.1 merges into its mapping, as kubectl and Helm do. The parser does not.
const MERGE_KEY: &str = "<<";

fn merged<E: Error>(mut value: Value, merges: bool) -> Result<Value, E> {
    if merges {
        value.apply_merge().map_err(E::custom)?;
    }
    Ok(value)
}

#[derive(Clone, Copy)]
struct DocumentSeed<'m> {
    trimming: Trimming<'m>,
    /// Whether the text may have merge keys.
    merges: bool,
}

impl<'de> Visitor<'de> for DocumentSeed<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object")
    }

    fn visit_unit<E: Error>(self) -> Result<Document, E> {
        Ok(Document::Empty)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Document, E> {
        Ok(Document::NotAnObject)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Document, E> {
        Ok(Document::NotAnObject)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Document, E> {
        Ok(Document::NotAnObject)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Document, E> {
        Ok(Document::NotAnObject)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Document, E> {
        Ok(Document::NotAnObject)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Document::NotAnObject)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut fields = Mapping::new();
        let mut items = None;
        while let Some(key) = map.next_key::<Value>()? {
            if fields.contains_key(&key) || (key == "items" && items.is_some()) {
                let key = key.as_str().unwrap_or_default();
                return Err(A::Error::custom(format!(
                    "duplicate entry with key {key:?}"
                )));
            }
            if key == "items" {
                items = Some(map.next_value_seed(ListItems {
                    document: self,
                    item_type: item_type(&fields),
                })?);
            } else {
                fields.insert(key, map.next_value()?);
            }
        }
        Ok(Document::Object {
            fields: match merged(fields.into(), self.merges)? {
                Value::Mapping(fields) => fields,
                _ => Mapping::new(),
            },
            items: items.flatten(),
        })
    }
}

/// The items of a list; `None` for null.
struct ListItems<'m> {
    document: DocumentSeed<'m>,
    /// `apiVersion` and `kind` of the items that have none, if the list has named them before.
    item_type: Option<(Value, Value)>,
}

impl<'de> DeserializeSeed<'de> for ListItems<'_> {
    type Value = Option<Vec<Item>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ListItems<'_> {
    type Value = Option<Vec<Item>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Value>()? {
            let item = typed(merged(item, self.document.merges)?, self.item_type.as_ref());
            items.extend(objects(item, self.document.trimming));
        }
        Ok(Some(items))
    }
}
