//! What other readers may find in a document: those of Helm and kubectl are less strict than the first
//! parser, and read YAML 1.1.

use std::borrow::Cow;
use std::fmt;

use calico_core::installation::{API_VERSION, KIND};
use calico_core::nesting;
use serde::de::{self, Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess};

use serde_yaml::Value;

use crate::find::installation::LocatedInstallation;
use crate::find::objects::{self, LIST_KIND};
use crate::find::second_parser;
use crate::read::markers::{YAML_1_1_LINE_ENDS, has_invalid_marker};
use crate::read::tree::Tree;

/// Whether every reader can read a text, and finds no Installation in it.
pub(crate) fn agree_on_none(text: &str) -> bool {
    let as_go_reads = as_go_reads(text);
    let is_same = as_go_reads == text;
    !has_invalid_marker(text.as_bytes())
        && second_parser_finds_none(text)
        && (is_same
            || first_parser_finds_none(&as_go_reads) && second_parser_finds_none(&as_go_reads))
}

/// Whether the other readers find the Installations that the first parser found in a text, and no other.
pub(crate) fn agree_on(text: &str, located: &[LocatedInstallation]) -> bool {
    let Ok(document) = serde_yaml::from_str::<Value>(text) else {
        return false;
    };
    let found = second_parser::installations(&document);
    as_go_reads(text) == text
        && found.len() == located.len()
        && located.iter().all(|located| {
            found
                .iter()
                .any(|found| found.name == Some(&located.name) && found.items == located.items)
        })
}

/// A text from where Go starts to read it, with line feeds for the line ends of YAML 1.1 and those
/// that Go makes of a carriage return and a line feed before it parses.
fn as_go_reads(text: &str) -> Cow<'_, str> {
    let text = from_gos_start(text);
    if text.contains(YAML_1_1_LINE_ENDS) || text.contains("\r\r\n") {
        let text = text.replace("\r\n", "\n");
        Cow::Owned(text.replace(YAML_1_1_LINE_ENDS, "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether every reader starts to read a text where it starts.
pub(crate) fn agree_on_start(text: &str) -> bool {
    from_gos_start(text).len() == text.len()
}

/// A text without what only Go skips at its start: a `---` that is no marker, and white space of
/// Unicode. Go skips such space before JSON (kubernetes/apimachinery v0.36.3,
/// pkg/util/yaml/decoder.go, `consumeWhitespace`) and Helm before any manifest (helm v3.21.3,
/// pkg/releaseutil/manifest.go, `SplitManifests`).
fn from_gos_start(text: &str) -> &str {
    let start = text.trim_start();
    let (after_marker, is_odd) = match start.strip_prefix("---") {
        Some(rest) => {
            let is_indented = start.len() < text.len() && !text.starts_with(['\n', '\r']);
            (
                rest,
                is_indented || !rest.is_empty() && !rest.starts_with(char::is_whitespace),
            )
        }
        None => (text, false),
    };
    let trimmed = after_marker.trim_start();
    let space = after_marker.len() - trimmed.len();
    if after_marker
        .get(..space)
        .is_some_and(|space| !space.is_ascii())
    {
        trimmed
    } else if is_odd {
        after_marker
    } else {
        text
    }
}

fn first_parser_finds_none(text: &str) -> bool {
    Tree::parse(text)
        .is_ok_and(|tree| objects::installations(&tree).is_ok_and(|found| found.is_empty()))
}

fn second_parser_finds_none(text: &str) -> bool {
    nesting::obstacle(text).is_none()
        && serde_yaml::from_str::<LaxValue>(text)
            .is_ok_and(|node| !node.may_contain_installation(false))
}

/// A value as the second parser reads it, with every value of a duplicate key: Go takes the last.
enum LaxValue {
    Text(String),
    Sequence(Vec<LaxValue>),
    Mapping(Vec<(LaxValue, LaxValue)>),
    /// With a tag, so that it may mean anything.
    Tagged(Box<LaxValue>),
    /// A number, a boolean or null.
    Other,
}

impl LaxValue {
    fn may_contain_installation(&self, in_typed_list: bool) -> bool {
        if self.may_be(KIND, API_VERSION) || in_typed_list && self.may_be("", "") {
            return true;
        }
        let in_typed_list = self.may_be(LIST_KIND, API_VERSION);
        self.values("items")
            .into_iter()
            .any(|list| match list.inner() {
                Self::Sequence(items) => items
                    .iter()
                    .any(|item| item.may_contain_installation(in_typed_list)),
                _ => false,
            })
    }

    fn may_be(&self, kind: &str, api_version: &str) -> bool {
        matches!(self.inner(), Self::Mapping(_))
            && self.may_have("kind", kind)
            && self.may_have("apiVersion", api_version)
    }

    fn may_have(&self, key: &str, text: &str) -> bool {
        let values = self.values(key);
        let is_missing = values.is_empty() && text.is_empty();
        is_missing || values.into_iter().any(|value| value.may_equal(text))
    }

    fn may_equal(&self, text: &str) -> bool {
        match self {
            Self::Text(value) => value == text,
            Self::Tagged(_) => true,
            Self::Other => text.is_empty(),
            Self::Sequence(_) | Self::Mapping(_) => false,
        }
    }

    /// Every value of `key`, those of merged mappings included.
    fn values(&self, key: &str) -> Vec<&Self> {
        let Self::Mapping(entries) = self.inner() else {
            return Vec::new();
        };
        let mut values = Vec::new();
        for (name, value) in entries {
            if name.may_equal(key) {
                values.push(value);
            }
            if name.may_equal("<<") {
                match value.inner() {
                    Self::Sequence(merged) => {
                        values.extend(merged.iter().flat_map(|merged| merged.values(key)));
                    }
                    merged => values.extend(merged.values(key)),
                }
            }
        }
        values
    }

    fn inner(&self) -> &Self {
        match self {
            Self::Tagged(node) => node.inner(),
            node => node,
        }
    }
}

impl<'de> Deserialize<'de> for LaxValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = LaxValue;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_i128<E>(self, _: i128) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_u128<E>(self, _: u128) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_unit<E>(self) -> Result<LaxValue, E> {
        Ok(LaxValue::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<LaxValue, E> {
        Ok(LaxValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<LaxValue, A::Error> {
        let mut nodes = Vec::new();
        while let Some(item) = items.next_element()? {
            nodes.push(item);
        }
        Ok(LaxValue::Sequence(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<LaxValue, A::Error> {
        let mut nodes = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            nodes.push(entry);
        }
        Ok(LaxValue::Mapping(nodes))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<LaxValue, A::Error> {
        let (_, node) = tagged.variant::<String>()?;
        node.newtype_variant()
            .map(|node| LaxValue::Tagged(Box::new(node)))
    }
}
