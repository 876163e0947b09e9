//! Label selectors, as kubectl's `-l`.
//! Source: kubernetes v1.34, staging/src/k8s.io/apimachinery/pkg/labels/selector.go.

use std::fmt;
use std::str::FromStr;

use calico_core::text::quoted;

use crate::snapshot::Labels;

/// A label selector: all of its requirements apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSelector {
    text: String,
    requirements: Vec<Requirement>,
}

/// A condition on a label.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: LabelOperator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum LabelOperator {
    Exists,
    DoesNotExist,
    /// One of these values.
    In(Vec<String>),
    /// None of these values, or no such label.
    NotIn(Vec<String>),
    /// An integer greater than this one.
    GreaterThan(i64),
    /// An integer less than this one.
    LessThan(i64),
}

impl LabelSelector {
    /// Whether it selects an object with these labels.
    pub fn selects(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            match &requirement.operator {
                LabelOperator::Exists => value.is_some(),
                LabelOperator::DoesNotExist => value.is_none(),
                LabelOperator::In(values) => value.is_some_and(|value| contain(values, value)),
                LabelOperator::NotIn(values) => value.is_none_or(|value| !contain(values, value)),
                LabelOperator::GreaterThan(limit) => number().is_some_and(|number| number > *limit),
                LabelOperator::LessThan(limit) => number().is_some_and(|number| number < *limit),
            }
        })
    }

    /// The keys of the labels that it depends on.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.requirements.iter().map(|it| it.key.as_str())
    }
}

fn contain(values: &[String], value: &str) -> bool {
    values.iter().any(|one| one == value)
}

/// As given, for the API server.
impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for LabelSelector {
    type Err = String;

    /// An empty selector selects everything.
    fn from_str(text: &str) -> Result<Self, String> {
        let requirements: Result<Vec<Requirement>, String> = match text.trim() {
            "" => Ok(Vec::new()),
            text => split(text).into_iter().map(requirement).collect(),
        };
        Ok(Self {
            text: text.to_owned(),
            requirements: requirements?,
        })
    }
}

/// The requirements of a selector: commas inside parentheses separate values.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let text = text.trim();
    let invalid = |why: &str| format!("invalid requirement {}: {why}", quoted(text));
    let unknown = || {
        invalid(
            "expected KEY=VALUE, KEY!=VALUE, 'KEY in (A,B)', 'KEY notin (A,B)', KEY, !KEY, 'KEY>NUMBER' or 'KEY<NUMBER'",
        )
    };
    let limit = |value: &str| {
        let limit = value.trim().parse::<i64>();
        limit.map_err(|_| invalid("the value of > and < must be an integer"))
    };
    let (key, operator) = if let Some(key) = text.strip_prefix('!') {
        (key, LabelOperator::DoesNotExist)
    } else if let Some((key, value)) = text.split_once("!=") {
        (key, LabelOperator::NotIn(vec![value.trim().to_owned()]))
    } else if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        (key, LabelOperator::In(vec![value.trim().to_owned()]))
    } else if let Some((key, value)) = text.split_once('>') {
        (key, LabelOperator::GreaterThan(limit(value)?))
    } else if let Some((key, value)) = text.split_once('<') {
        (key, LabelOperator::LessThan(limit(value)?))
    } else if let Some((head, values)) = text.split_once('(') {
        let values = values.strip_suffix(')').ok_or_else(unknown)?;
        if values.trim().is_empty() {
            return Err(invalid("the parentheses are empty"));
        }
        let values = values
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        match head.split_whitespace().collect::<Vec<_>>().as_slice() {
            [key, "in"] => (*key, LabelOperator::In(values)),
            [key, "notin"] => (*key, LabelOperator::NotIn(values)),
            _ => return Err(unknown()),
        }
    } else {
        (text, LabelOperator::Exists)
    };
    let key = key.trim();
    let values = match &operator {
        LabelOperator::In(values) | LabelOperator::NotIn(values) => values.as_slice(),
        _ => &[],
    };
    if !is_key(key) || !values.iter().all(|value| is_value(value)) {
        return Err(unknown());
    }
    Ok(Requirement {
        key: key.to_owned(),
        operator,
    })
}

/// The longest name and value of a label, in characters.
const LONGEST: usize = 63;

/// A name, after a domain and a slash or not.
fn is_key(key: &str) -> bool {
    let (domain, name) = key.split_once('/').unwrap_or(("domain", key));
    !name.is_empty() && is_value(name) && is_word(domain)
}

fn is_value(value: &str) -> bool {
    value.is_empty() || (value.len() <= LONGEST && is_word(value))
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_word(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_end = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(is_end) && text.ends_with(is_end) && text.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_selects_as_in_kubectl() {
        let labels = [
            ("zone", "a"),
            ("kubernetes.io/os", "linux"),
            ("empty", ""),
            ("rank", "7"),
        ];
        let labels: Labels = labels.into_iter().collect();
        for (text, selected) in [
            ("zone=a", true),
            ("zone==a", true),
            ("zone=b", false),
            ("zone!=b", true),
            ("zone!=a", false),
            ("absent!=a", true),
            ("zone in (a, b)", true),
            ("zone in (b)", false),
            ("zone notin (b,c)", true),
            ("absent notin (b)", true),
            ("zone", true),
            ("absent", false),
            ("!absent", true),
            ("!zone", false),
            ("empty=", true),
            ("zone in (a,b),kubernetes.io/os=linux", true),
            ("zone=a,kubernetes.io/os=windows", false),
            ("", true),
            ("  ", true),
            ("rank>6", true),
            ("rank > 7", false),
            ("rank<8", true),
            ("rank<7,zone", false),
            ("rank>-1", true),
            ("zone>0", false),
            ("absent<9", false),
            ("zone in (,a)", true),
        ] {
            let selector: LabelSelector = text.parse().unwrap();
            assert_eq!(selector.selects(&labels), selected, "{text}");
        }
    }

    #[test]
    fn what_is_no_selector_is_an_error() {
        for text in [
            ",",
            "zone=a,",
            "rank>",
            "rank>a",
            "rank>1.5",
            "rank<>1",
            ">1",
            "zone in ()",
            "zone=-a",
            "a/b/c",
            "/a",
            "zone in a",
            "zone like (a)",
            "zo ne",
            "zone=a b",
            "zone=a/b",
        ] {
            assert!(text.parse::<LabelSelector>().is_err(), "{text}");
        }
    }
}
