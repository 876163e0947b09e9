//! `--sort-by`: a column's name, or the path of a field in a node of the JSON output.

use std::cmp::Ordering;
use std::str::FromStr;

use calico_core::text::quoted;
use serde_json::Value;

use super::node_summary::NodeSummary;

/// The columns, and the field that each is sorted by; for a list, its length counts first.
const COLUMNS: [(&str, &str); 15] = [
    ("NAME", "name"),
    ("STATUS", "ready"),
    ("CALICO-NODE", "calicoNode.value.ready"),
    ("RESTARTS", "calicoNode.value.restarts"),
    ("ADDRESS", "address.value.used"),
    ("BLOCKS", "blocks.value.cidrs"),
    ("IPS", "blocks.value.inUse"),
    ("WIREGUARD", "wireguard.value.complete"),
    // Those with a replica first.
    ("TYPHA", "typha.value.pod"),
    ("BGP", "bgp.value.established"),
    ("INTERNAL-IP", "internalAddresses"),
    ("TUNNELS", "tunnels.value"),
    ("BIRD", "bgp.value.bird"),
    ("ROUTES", "bgp.value.routes.inKernel"),
    ("POD", "calicoNode.value.pod"),
];

/// The column that is sorted by the number of sessions that are down, which no field has.
const DOWN: &str = "DOWN";

/// What nodes are sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// The path of a field.
    Field(Vec<String>),
    /// The number of sessions that are down.
    Down,
}

impl FromStr for SortKey {
    type Err = String;

    /// A column, or `{.path.of.a.field}`, whose braces and first dot may be left out, as in kubectl.
    fn from_str(text: &str) -> Result<Self, String> {
        let column = COLUMNS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, path)) = column {
            return Ok(Self::of_path(path));
        }
        if text.eq_ignore_ascii_case(DOWN) {
            return Ok(Self::Down);
        }
        let inner = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'));
        let path = inner.unwrap_or(text);
        let path = path.strip_prefix('.').unwrap_or(path);
        let is_name =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
        if path.split('.').all(is_name) && (text.contains('.') || inner.is_some()) {
            return Ok(Self::of_path(path));
        }
        let names = COLUMNS.iter().map(|(name, _)| *name);
        let names: Vec<&str> = names.chain([DOWN]).collect();
        Err(format!(
            "{} is neither a column ({}) nor the path of a field such as .calicoNode.value.restarts",
            quoted(text),
            names.join(", ")
        ))
    }
}

impl SortKey {
    fn of_path(path: &str) -> Self {
        Self::Field(path.split('.').map(str::to_owned).collect())
    }

    /// Sorts nodes: numbers by value, texts by their characters, digits in them by value; nodes without the
    /// field last. Equal ones keep their order.
    pub fn sort(&self, nodes: &mut [NodeSummary]) -> Result<(), serde_json::Error> {
        let mut keyed = Vec::with_capacity(nodes.len());
        for node in nodes.iter() {
            keyed.push((self.value(node)?, node.clone()));
        }
        keyed.sort_by(|(one, _), (other, _)| compare(one.as_ref(), other.as_ref()));
        for (place, (_, node)) in nodes.iter_mut().zip(keyed) {
            *place = node;
        }
        Ok(())
    }

    fn value(&self, node: &NodeSummary) -> Result<Option<Value>, serde_json::Error> {
        match self {
            Self::Down => Ok(node.bgp.value().map(|bgp| bgp.down().count().into())),
            Self::Field(path) => {
                let node = serde_json::to_value(node)?;
                let value = path.iter().try_fold(&node, |value, part| value.get(part));
                Ok(value.cloned())
            }
        }
    }
}

fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => match (one, other) {
            (Value::Number(one), Value::Number(other)) => {
                let order = one.as_f64().partial_cmp(&other.as_f64());
                order.unwrap_or(Ordering::Equal)
            }
            (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
            (Value::Array(one), Value::Array(other)) => {
                let first = natural(&text(one.first()), &text(other.first()));
                one.len().cmp(&other.len()).then(first)
            }
            (one, other) => natural(&text(Some(one)), &text(Some(other))),
        },
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

/// The order in which `node-2` is before `node-10`, and 10.0.0.9 before 10.0.0.10.
fn natural(one: &str, other: &str) -> Ordering {
    parts(one).cmp(&parts(other))
}

/// Runs of digits, and what is between them.
fn parts(text: &str) -> Vec<(u128, String)> {
    let mut parts: Vec<(u128, String)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (word, tail) = rest.split_at(start);
        let end = tail
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (digits, next) = tail.split_at(end);
        parts.push((0, word.to_owned()));
        if !digits.is_empty() {
            parts.push((digits.parse().unwrap_or(u128::MAX), String::new()));
        }
        rest = next;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_paths() {
        let path = |text: &str| {
            text.parse::<SortKey>().map(|key| match key {
                SortKey::Field(path) => path.join("."),
                SortKey::Down => String::new(),
            })
        };
        assert_eq!(path("down"), Ok(String::new()));
        assert_eq!(path("restarts"), Ok("calicoNode.value.restarts".to_owned()));
        for text in [
            ".calicoNode.value.restarts",
            "{.calicoNode.value.restarts}",
            "calicoNode.value.restarts",
        ] {
            assert_eq!(path(text), path("RESTARTS"), "{text}");
        }
        assert_eq!(path("{.name}"), Ok("name".to_owned()));
        for text in ["", ".", "age", "{.nodes[0]}", "a b"] {
            assert!(path(text).is_err(), "{text}");
        }
    }

    #[test]
    fn digits_are_compared_by_value() {
        let mut names = ["node-10", "node-2", "a", "node-1", "10.0.0.10", "10.0.0.9"];
        names.sort_by(|one, other| natural(one, other));
        assert_eq!(
            names,
            ["10.0.0.9", "10.0.0.10", "a", "node-1", "node-2", "node-10"]
        );
    }

    #[test]
    fn what_is_unknown_comes_last() {
        let mut values = [None, Some(Value::from(10)), Some(Value::from(9))];
        values.sort_by(|one, other| compare(one.as_ref(), other.as_ref()));
        assert_eq!(values, [Some(Value::from(9)), Some(Value::from(10)), None]);
    }
}
