//! Calico's selectors, such as `zone == 'a' && !has(gpu)`, as a pool's `nodeSelector` has them.
//!
//! Source: projectcalico/calico v3.32.1, libcalico-go/lib/selector.

mod parse;

pub use parse::SelectorError;

/// A selector, which selects what has certain labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(Expression);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expression {
    /// `all()` and `global()`
    All,
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    Has(String),
    Label {
        key: String,
        operator: Operator,
        values: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    In,
    NotIn,
}

/// What is known of a label.
pub enum LabelState<'a> {
    /// It has this value.
    Value(&'a str),
    /// It does not exist.
    Missing,
    /// It may exist.
    Unknown,
}

impl Selector {
    /// Whether it selects what has these labels; `None` if that depends on an unknown one.
    pub fn selects<'a>(&self, label: &impl Fn(&str) -> LabelState<'a>) -> Option<bool> {
        self.0.holds(label)
    }
}

impl Expression {
    fn holds<'a>(&self, label: &impl Fn(&str) -> LabelState<'a>) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Not(inner) => inner.holds(label).map(|holds| !holds),
            Self::And(parts) => any_or_all(parts, false, label),
            Self::Or(parts) => any_or_all(parts, true, label),
            Self::Has(key) => match label(key) {
                LabelState::Value(_) => Some(true),
                LabelState::Missing => Some(false),
                LabelState::Unknown => None,
            },
            Self::Label {
                key,
                operator,
                values,
            } => match label(key) {
                LabelState::Value(value) => Some(operator.holds(value, values)),
                LabelState::Missing => {
                    Some(matches!(operator, Operator::NotEqual | Operator::NotIn))
                }
                LabelState::Unknown => None,
            },
        }
    }
}

/// `decisive` if one of the parts is that; its opposite if none can be.
fn any_or_all<'a>(
    parts: &[Expression],
    decisive: bool,
    label: &impl Fn(&str) -> LabelState<'a>,
) -> Option<bool> {
    let mut result = Some(!decisive);
    for part in parts {
        match part.holds(label) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

impl Operator {
    fn holds(self, value: &str, values: &[String]) -> bool {
        let mut values = values.iter().map(String::as_str);
        match self {
            Self::Equal | Self::In => values.any(|other| value == other),
            Self::NotEqual | Self::NotIn => !values.any(|other| value == other),
            Self::Contains => values.any(|part| value.contains(part)),
            Self::StartsWith => values.any(|part| value.starts_with(part)),
            Self::EndsWith => values.any(|part| value.ends_with(part)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `zone` is a, `gpu` does not exist, and `rack` is unknown.
    fn label(key: &str) -> LabelState<'static> {
        match key {
            "zone" => LabelState::Value("a"),
            "gpu" => LabelState::Missing,
            _ => LabelState::Unknown,
        }
    }

    #[test]
    fn what_it_selects() {
        for (text, selects) in [
            ("", Some(true)),
            ("all()", Some(true)),
            ("all( )", Some(true)),
            ("global()", Some(true)),
            ("!all()", Some(false)),
            ("!!all()", Some(true)),
            ("zone == 'a'", Some(true)),
            ("zone==\"b\"", Some(false)),
            ("zone != 'b'", Some(true)),
            ("gpu != 'x'", Some(true)),
            ("gpu == 'x'", Some(false)),
            ("gpu not in {'x'}", Some(true)),
            ("zone in {'a', 'b',}", Some(true)),
            ("zone notin {}", Some(true)),
            ("zone in {}", Some(false)),
            ("zone starts with ''", Some(true)),
            ("zone endswith 'b'", Some(false)),
            ("zone contains 'a'", Some(true)),
            ("has(zone) && !has(gpu)", Some(true)),
            ("has( rack )", None),
            ("rack == '1' && gpu == 'x'", Some(false)),
            ("rack == '1' || zone == 'a'", Some(true)),
            ("rack == '1' || gpu == 'x'", None),
            ("!(rack == '1' || zone == 'a') && all()", Some(false)),
            ("example.com/a-b_c == 'x'", None),
        ] {
            let selector = Selector::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(selector.selects(&label), selects, "{text}");
        }
    }
}
