//! The same edit, by other means: a document is read with yaml-rust2, which shares no code with the
//! two parsers of helm-postrender, and the fields are set in the data.

use std::collections::HashMap;

use calico_core::cidr::{Cidr, Family};
use helm_postrender::Request;
use yaml_rust2::Event;
use yaml_rust2::parser::{EventReceiver, Parser};
use yaml_rust2::scanner::TScalarStyle;

/// A value. Aliases are resolved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A scalar as it is written, and whether some parser may read it as something other than a string.
    Scalar(String, bool),
    Seq(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

/// The only document of a text, or `None` if yaml-rust2 cannot read it.
pub(crate) fn read(text: &str) -> Option<Node> {
    let mut receiver = Receiver::default();
    let mut parser = Parser::new_from_str(text.trim_start_matches('\u{feff}'));
    parser.load(&mut receiver, true).ok()?;
    receiver.roots.pop().filter(|_| receiver.roots.is_empty())
}

/// Sets the fields in the Installation `default` of a document with at most one pool per family.
pub(crate) fn set(document: &mut Node, wanted: &Request) {
    let installation = installation(document, false).expect("an Installation");
    let network = level(installation, "spec", Node::Map(Vec::new()));
    let network = level(network, "calicoNetwork", Node::Map(Vec::new()));
    let Node::Seq(pools) = level(network, "ipPools", Node::Seq(Vec::new())) else {
        panic!("ipPools is no list");
    };
    for family in Family::BOTH {
        let fields = wanted.family(family);
        if fields.is_empty() {
            continue;
        }
        let index = pools
            .iter()
            .position(|pool| fields.cidr.is_some() && pool.cidr() == fields.cidr)
            .or_else(|| pools.iter().position(|pool| pool.is_of(family)))
            .unwrap_or_else(|| {
                pools.push(Node::Map(Vec::new()));
                pools.len() - 1
            });
        let pool = &mut pools[index];
        if let Some(cidr) = fields.cidr.filter(|cidr| pool.cidr() != Some(*cidr)) {
            pool.insert("cidr", Node::Scalar(cidr.to_string(), false));
        }
        if let Some(size) = fields.block_size
            && pool.number("blockSize") != Some(f64::from(size.prefix()))
        {
            pool.insert("blockSize", Node::Scalar(size.to_string(), true));
        }
        if let Some(encapsulation) = fields.encapsulation {
            pool.insert(
                "encapsulation",
                Node::Scalar(encapsulation.to_string(), false),
            );
        }
    }
}

/// The Installation `default`: the document itself, or an item of a list. An item of an
/// InstallationList needs no `apiVersion` and `kind`.
fn installation(document: &mut Node, in_typed_list: bool) -> Option<&mut Node> {
    let text = |key: &str| document.get(key).and_then(Node::text).unwrap_or_default();
    let kind = (text("apiVersion"), text("kind"));
    if kind == ("operator.tigera.io/v1", "Installation") || in_typed_list && kind == ("", "") {
        let name = document.get("metadata")?.get("name")?.text()?;
        return (name == "default").then_some(document);
    }
    let in_typed_list = kind == ("operator.tigera.io/v1", "InstallationList");
    let Node::Seq(items) = document.get_mut("items")? else {
        return None;
    };
    items
        .iter_mut()
        .find_map(|item| installation(item, in_typed_list))
}

fn level<'n>(parent: &'n mut Node, key: &str, empty: Node) -> &'n mut Node {
    if parent.get(key).is_none_or(Node::is_null) {
        parent.insert(key, empty);
    }
    parent.get_mut(key).expect("it was inserted")
}

impl Node {
    fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        entries
            .iter()
            .find(|(name, _)| name.text() == Some(key))
            .map(|(_, value)| value)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        entries
            .iter_mut()
            .find(|(name, _)| name.text() == Some(key))
            .map(|(_, value)| value)
    }

    /// Sets the value of a key. Entries are kept sorted, because their order means nothing.
    fn insert(&mut self, key: &str, value: Self) {
        if let Some(old) = self.get_mut(key) {
            *old = value;
            return;
        }
        let Self::Map(entries) = self else {
            panic!("{key} in {self:?}, which is not a map");
        };
        entries.push((Self::Scalar(key.to_owned(), false), value));
        sort(entries);
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        const NULLS: [&str; 5] = ["", "~", "null", "Null", "NULL"];
        matches!(self, Self::Scalar(text, true) if NULLS.contains(&text.as_str()))
    }

    /// The number that Go reads: octal after a leading 0, if it has octal digits only.
    fn number(&self, key: &str) -> Option<f64> {
        let Self::Scalar(text, true) = self.get(key)? else {
            return None;
        };
        number(text)
    }

    fn cidr(&self) -> Option<Cidr> {
        self.get("cidr")?.text()?.parse().ok()
    }

    fn is_of(&self, family: Family) -> bool {
        if let Some(Self::Seq(uses)) = self.get("allowedUses")
            && uses.iter().any(|used| used.text() == Some("LoadBalancer"))
        {
            return false;
        }
        let by_block_size = || match self.number("blockSize")? {
            20.0..=32.0 => Some(Family::V4),
            116.0..=128.0 => Some(Family::V6),
            _ => None,
        };
        self.cidr().map(|cidr| cidr.family()).or_else(by_block_size) == Some(family)
    }
}

fn number(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let digits = text.trim_start_matches('+');
    let radix = |digits, radix| i32::from_str_radix(digits, radix).ok().map(f64::from);
    match digits.get(..2).map(str::to_lowercase).as_deref() {
        Some("0x") => radix(&digits[2..], 16),
        Some("0o") => radix(&digits[2..], 8),
        Some("0b") => radix(&digits[2..], 2),
        _ if digits.starts_with('0') => radix(digits, 8).or_else(|| digits.parse().ok()),
        _ => digits.parse().ok(),
    }
}

fn sort(entries: &mut [(Node, Node)]) {
    entries.sort_by_cached_key(|(key, _)| format!("{key:?}"));
}

/// Whether a parser of YAML 1.1 or 1.2 may read a plain scalar as something other than a string.
fn is_ambiguous(plain: &str) -> bool {
    const WORDS: [&str; 12] = [
        "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<",
    ];
    let word = plain.to_lowercase();
    WORDS.contains(&word.as_str()) || number(plain).is_some() || word.strip_suffix(".inf").is_some()
}

#[derive(Default)]
struct Receiver {
    roots: Vec<Node>,
    open: Vec<(usize, Vec<Node>)>,
    anchors: HashMap<usize, Node>,
}

impl Receiver {
    fn add(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some((_, nodes)) => nodes.push(node),
            None => self.roots.push(node),
        }
    }
}

impl EventReceiver for Receiver {
    fn on_event(&mut self, event: Event) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == TScalarStyle::Plain && tag.is_none();
                let ambiguous = plain && is_ambiguous(&text) || tag.is_some();
                self.add(Node::Scalar(text, ambiguous), anchor);
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                self.add(node.unwrap_or(Node::Seq(Vec::new())), 0);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                self.open.push((anchor, Vec::new()));
            }
            Event::SequenceEnd => {
                let (anchor, nodes) = self.open.pop().expect("a sequence was open");
                self.add(Node::Seq(nodes), anchor);
            }
            Event::MappingEnd => {
                let (anchor, nodes) = self.open.pop().expect("a mapping was open");
                let mut entries: Vec<(Node, Node)> = nodes
                    .chunks_exact(2)
                    .map(|pair| (pair[0].clone(), pair[1].clone()))
                    .collect();
                sort(&mut entries);
                self.add(Node::Map(entries), anchor);
            }
            _ => {}
        }
    }
}
