//! Where an Installation does not fit the schema of its CRD.

use serde_yaml::{Mapping, Value};

use super::format::{is_base64, is_quantity};
use super::node::{Name, Node, Property};
use super::spec::SPEC;
use crate::installation::value::{integer, key_text, type_name};
use crate::operator::OperatorVersion;
use crate::text::closest;

/// Where a value does not fit the schema.
pub(crate) struct Fault {
    /// The field, such as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub(crate) path: String,
    pub(crate) problem: Problem,
}

/// How a value does not fit the schema. The API server rejects all of these except an unknown
/// field, which it drops.
pub(crate) enum Problem {
    /// The types, such as `a string`.
    Type {
        expected: &'static str,
        found: &'static str,
        /// The only strings that are allowed, if there is such a set.
        allowed: Vec<&'static str>,
    },
    /// A text without the form that the field has, as `a quantity`.
    Format {
        expected: &'static str,
        value: String,
    },
    /// An integer of more than 32 bits.
    TooLarge(String),
    /// A string that is not in the set.
    Name {
        value: String,
        allowed: Vec<&'static str>,
        /// The operator that introduced it, if a later one has it.
        introduced: Option<String>,
    },
    /// The field is required, but not set.
    Missing,
    Unknown {
        /// The fields that exist.
        known: Vec<&'static str>,
        /// The operator that introduced it, if a later one has it.
        introduced: Option<String>,
        /// The field that was probably meant, if one has a similar name, or the same name
        /// elsewhere.
        meant: Option<String>,
    },
}

/// The faults of `spec` under the CRD of `operator`, in the order of the fields.
pub(crate) fn faults(spec: &Value, operator: OperatorVersion) -> Vec<Fault> {
    let mut walk = Walk {
        operator,
        faults: Vec::new(),
    };
    walk.node("spec", &Node::Object(SPEC), spec);
    walk.faults
}

/// Whether the CRD of `operator` has the field at a path below `spec`, such as `calicoNetwork.mtu`.
pub(crate) fn has(path: &str, operator: OperatorVersion) -> bool {
    let mut properties = SPEC;
    path.split('.').all(|key| {
        let property = properties.iter().find(|property| property.key == key);
        if let Some(Node::Object(inner)) = property.map(|property| &property.node) {
            properties = inner;
        }
        property.is_some_and(|property| property.is_in(operator))
    })
}

struct Walk {
    operator: OperatorVersion,
    faults: Vec<Fault>,
}

impl Walk {
    fn node(&mut self, path: &str, node: &Node, value: &Value) {
        match (node, value) {
            (Node::Object(properties), Value::Mapping(object)) => {
                self.object(path, properties, object);
            }
            (Node::Map(values), Value::Mapping(map)) => {
                for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
                    let key = key_text(key).unwrap_or_default();
                    self.node(&format!("{path}.{key}"), values, value);
                }
            }
            (Node::List(items), Value::Sequence(list)) => {
                for (index, item) in list.iter().enumerate() {
                    self.node(&format!("{path}[{index}]"), items, item);
                }
            }
            (Node::Names(names), Value::String(text)) => self.name(path, names, text),
            (Node::Integer, number) if integer(number).is_some() => {
                if integer(number).is_some_and(|number| i32::try_from(number).is_err()) {
                    let text = integer(number).unwrap_or_default().to_string();
                    self.fault(path, Problem::TooLarge(text));
                }
            }
            (Node::Text | Node::IntegerOrText, Value::String(_))
            | (Node::Boolean, Value::Bool(_))
            | (Node::AnyObject, Value::Mapping(_))
            | (Node::AnyList, Value::Sequence(_)) => {}
            (Node::Quantity, Value::String(text)) => {
                self.format(path, "a quantity", text, is_quantity(text));
            }
            (Node::Base64, Value::String(text)) => {
                self.format(path, "base64", text, is_base64(text));
            }
            (Node::IntegerOrText | Node::Quantity, number) if integer(number).is_some() => {}
            _ => self.fault(
                path,
                Problem::Type {
                    expected: expected(node),
                    found: type_name(value),
                    allowed: match node {
                        Node::Names(names) => self.allowed(names),
                        _ => Vec::new(),
                    },
                },
            ),
        }
    }

    fn object(&mut self, path: &str, properties: &'static [Property], object: &Mapping) {
        let operator = self.operator;
        let known = || {
            properties
                .iter()
                .filter(|property| property.is_in(operator))
        };
        for (key, value) in object {
            let Some(key) = key_text(key) else { continue };
            let path = format!("{path}.{key}");
            match known().find(|property| property.key == key) {
                Some(property) if !value.is_null() => self.node(&path, &property.node, value),
                Some(_) => {}
                None => {
                    let later = properties.iter().find(|property| property.key == key);
                    let known: Vec<_> = known().map(|property| property.key).collect();
                    let meant = meant(&key, &known, operator);
                    self.fault(
                        &path,
                        Problem::Unknown {
                            introduced: later.map(Property::introduced),
                            meant,
                            known,
                        },
                    );
                }
            }
        }
        for property in known().filter(|property| property.is_required) {
            if object.get(property.key).is_none_or(Value::is_null) {
                self.fault(&format!("{path}.{}", property.key), Problem::Missing);
            }
        }
    }

    fn name(&mut self, path: &str, names: &'static [Name], text: &str) {
        let allowed = self.allowed(names);
        if !allowed.contains(&text) {
            let later = names.iter().find(|name| name.text == text);
            self.fault(
                path,
                Problem::Name {
                    value: text.to_owned(),
                    introduced: later.map(Name::introduced),
                    allowed,
                },
            );
        }
    }

    fn allowed(&self, names: &'static [Name]) -> Vec<&'static str> {
        let names = names.iter().filter(|name| name.is_in(self.operator));
        names.map(|name| name.text).collect()
    }

    fn format(&mut self, path: &str, expected: &'static str, text: &str, is_right: bool) {
        if !is_right {
            let value = text.to_owned();
            self.fault(path, Problem::Format { expected, value });
        }
    }

    fn fault(&mut self, path: &str, problem: Problem) {
        self.faults.push(Fault {
            path: path.to_owned(),
            problem,
        });
    }
}

/// The field that was probably meant: one with a similar name at the same level, or with the same
/// name elsewhere.
fn meant(key: &str, known: &[&'static str], operator: OperatorVersion) -> Option<String> {
    let renamed = RENAMED
        .into_iter()
        .find(|(other, field)| *other == key && known.contains(field))
        .map(|(_, field)| field);
    closest(key, known)
        .or(renamed)
        .map(str::to_owned)
        .or_else(|| elsewhere("spec", SPEC, key, operator))
}

/// Names that other projects, or an `IPPool`, use for a field of the Installation.
const RENAMED: [(&str, &str); 6] = [
    ("vethMTU", "mtu"),
    ("veth_mtu", "mtu"),
    ("ipipMode", "encapsulation"),
    ("vxlanMode", "encapsulation"),
    ("nat-outgoing", "natOutgoing"),
    ("disabled", "disableNewAllocations"),
];

fn elsewhere(
    path: &str,
    properties: &'static [Property],
    key: &str,
    operator: OperatorVersion,
) -> Option<String> {
    let known = || {
        properties
            .iter()
            .filter(|property| property.is_in(operator))
    };
    if known().any(|property| property.key == key) {
        return Some(format!("{path}.{key}"));
    }
    known().find_map(|property| {
        let path = format!("{path}.{}", property.key);
        match &property.node {
            Node::Object(properties) => elsewhere(&path, properties, key, operator),
            Node::List(Node::Object(properties)) => {
                elsewhere(&format!("{path}[]"), properties, key, operator)
            }
            _ => None,
        }
    })
}

fn expected(node: &Node) -> &'static str {
    match node {
        Node::Object(_) | Node::Map(_) | Node::AnyObject => "an object",
        Node::List(_) | Node::AnyList => "an array",
        Node::Text | Node::Names(_) | Node::Base64 => "a string",
        Node::Integer => "an integer",
        Node::Boolean => "a boolean",
        Node::IntegerOrText | Node::Quantity => "an integer or a string",
    }
}
