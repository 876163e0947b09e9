//! From text to a selector.

use std::fmt;

use super::{Expression, Operator, Selector};
use crate::text::quoted;

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expected} is expected at {at}")]
pub struct SelectorError {
    expected: &'static str,
    at: Place,
}

/// A place in a selector: the next few characters.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place(String);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("the end")
        } else {
            f.write_str(&quoted(&self.0))
        }
    }
}

/// The deepest nesting of parentheses; Calico has no limit.
const DEEPEST: usize = 100;

/// The longest label. Source: libcalico-go/lib/selector/tokenizer/tokenizer.go (`MaxLabelLength`).
const LONGEST_LABEL: usize = 512;

impl Selector {
    /// Reads a selector. An empty one selects everything.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut rest = Rest { text, depth: 0 };
        rest.skip_blanks();
        if rest.text.is_empty() {
            return Ok(Self(Expression::All));
        }
        let expression = rest.or()?;
        if rest.text.is_empty() {
            Ok(Self(expression))
        } else {
            Err(rest.expected("&& or ||"))
        }
    }
}

/// What has not been read yet, without blanks at the beginning.
struct Rest<'a> {
    text: &'a str,
    depth: usize,
}

impl Rest<'_> {
    fn expected(&self, expected: &'static str) -> SelectorError {
        SelectorError {
            expected,
            at: Place(self.text.chars().take(20).collect()),
        }
    }

    /// Newlines are no blanks.
    fn skip_blanks(&mut self) {
        self.text = self.text.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, token: &str) -> bool {
        let Some(rest) = self.text.strip_prefix(token) else {
            return false;
        };
        self.text = rest;
        self.skip_blanks();
        true
    }

    /// Words, with or without blanks between them. What follows the last one, after blanks, must not
    /// continue it: Calico looks at it once the blanks are gone.
    fn take_words(&mut self, words: &[&str]) -> bool {
        let before = self.text;
        let mut end = "";
        let taken = words.iter().all(|word| {
            let rest = self.text.strip_prefix(word);
            end = rest.unwrap_or_default();
            self.take(word)
        });
        // A single word is looked at before its blanks are removed.
        let end = if words.len() == 1 { end } else { self.text };
        if taken && !end.starts_with(is_of_label) {
            return true;
        }
        self.text = before;
        false
    }

    fn or(&mut self) -> Result<Expression, SelectorError> {
        let mut parts = vec![self.and()?];
        while self.take("||") {
            parts.push(self.and()?);
        }
        Ok(single(parts).unwrap_or_else(Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, SelectorError> {
        let mut parts = vec![self.operation()?];
        while self.take("&&") {
            parts.push(self.operation()?);
        }
        Ok(single(parts).unwrap_or_else(Expression::And))
    }

    fn operation(&mut self) -> Result<Expression, SelectorError> {
        let mut is_negated = false;
        while !self.text.starts_with("!=") && self.take("!") {
            is_negated = !is_negated;
        }
        let expression = self.term()?;
        Ok(if is_negated {
            Expression::Not(Box::new(expression))
        } else {
            expression
        })
    }

    fn term(&mut self) -> Result<Expression, SelectorError> {
        if self.take("(") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.expected("less nesting"));
            }
            let inner = self.or()?;
            self.depth -= 1;
            return self.closed(")", inner, "a closing parenthesis");
        }
        if self.take("has(") {
            let key = self.label()?;
            return self.closed(")", Expression::Has(key), "a closing parenthesis");
        }
        if self.take("all(") || self.take("global(") {
            return self.closed(")", Expression::All, "a closing parenthesis");
        }
        let key = self.label()?;
        let operator = self.operator()?;
        let values = match operator {
            Operator::In | Operator::NotIn => self.set()?,
            _ => vec![self.string()?],
        };
        Ok(Expression::Label {
            key,
            operator,
            values,
        })
    }

    fn closed(
        &mut self,
        token: &str,
        expression: Expression,
        name: &'static str,
    ) -> Result<Expression, SelectorError> {
        if self.take(token) {
            Ok(expression)
        } else {
            Err(self.expected(name))
        }
    }

    fn label(&mut self) -> Result<String, SelectorError> {
        let end = self.text.find(|c| !is_of_label(c));
        let (label, rest) = self.text.split_at(end.unwrap_or(self.text.len()));
        if label.is_empty() || label.len() > LONGEST_LABEL {
            return Err(self.expected("a label, has(LABEL) or all()"));
        }
        let label = label.to_owned();
        self.text = rest;
        self.skip_blanks();
        Ok(label)
    }

    fn operator(&mut self) -> Result<Operator, SelectorError> {
        const SYMBOLS: [(&str, Operator); 2] =
            [("==", Operator::Equal), ("!=", Operator::NotEqual)];
        const WORDS: [(&[&str], Operator); 5] = [
            (&["contains"], Operator::Contains),
            (&["starts", "with"], Operator::StartsWith),
            (&["ends", "with"], Operator::EndsWith),
            (&["not", "in"], Operator::NotIn),
            (&["in"], Operator::In),
        ];
        let symbol = SYMBOLS.iter().find(|(symbol, _)| self.take(symbol));
        let found = symbol.map(|(_, operator)| *operator).or_else(|| {
            let word = WORDS.iter().find(|(words, _)| self.take_words(words));
            word.map(|(_, operator)| *operator)
        });
        found.ok_or_else(|| self.expected("==, != or in"))
    }

    fn set(&mut self) -> Result<Vec<String>, SelectorError> {
        if !self.take("{") {
            return Err(self.expected("a set such as {'a', 'b'}"));
        }
        let mut values = Vec::new();
        while self.text.starts_with(QUOTES) {
            values.push(self.string()?);
            if !self.take(",") {
                break;
            }
        }
        if self.take("}") {
            Ok(values)
        } else {
            Err(self.expected("a closing brace"))
        }
    }

    fn string(&mut self) -> Result<String, SelectorError> {
        let quote = self.text.chars().next().filter(|c| QUOTES.contains(c));
        let Some((quote, rest)) = quote.and_then(|quote| Some((quote, self.text.get(1..)?))) else {
            return Err(self.expected("a value in quotes"));
        };
        let Some((value, rest)) = rest.split_once(quote) else {
            return Err(self.expected("a value with a closing quote"));
        };
        let value = value.to_owned();
        self.text = rest;
        self.skip_blanks();
        Ok(value)
    }
}

const QUOTES: [char; 2] = ['\'', '"'];

fn is_of_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_./-".contains(c)
}

/// The only part, or else all of them.
fn single(mut parts: Vec<Expression>) -> Result<Expression, Vec<Expression>> {
    match (parts.len(), parts.pop()) {
        (1, Some(part)) => Ok(part),
        (_, last) => {
            parts.extend(last);
            Err(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_selector() {
        for (text, error) in [
            ("zone = 'a'", "==, != or in is expected at \"= 'a'\""),
            ("zone: a", "==, != or in is expected at \": a\""),
            ("zone == a", "a value in quotes is expected at \"a\""),
            (
                "zone == 'a",
                "a value with a closing quote is expected at \"'a\"",
            ),
            ("zone", "==, != or in is expected at the end"),
            (
                "zone in 'a'",
                "a set such as {'a', 'b'} is expected at \"'a'\"",
            ),
            (
                "zone inside {'a'}",
                "==, != or in is expected at \"inside {'a'}\"",
            ),
            ("zone in {'a'", "a closing brace is expected at the end"),
            ("all", "==, != or in is expected at the end"),
            ("all(", "a closing parenthesis is expected at the end"),
            ("(all()", "a closing parenthesis is expected at the end"),
            ("all() all()", "&& or || is expected at \"all()\""),
            (
                "all() &&",
                "a label, has(LABEL) or all() is expected at the end",
            ),
            ("!", "a label, has(LABEL) or all() is expected at the end"),
            ("all()\n", "&& or || is expected at \"\\n\""),
            (
                "é == 'a'",
                "a label, has(LABEL) or all() is expected at \"é == 'a'\"",
            ),
        ] {
            let found = Selector::parse(text).map_err(|error| error.to_string());
            assert_eq!(found, Err(error.to_owned()), "{text}");
        }
        assert!(Selector::parse(&"(".repeat(100_000)).is_err());
        assert!(Selector::parse(&format!("{}all()", "!".repeat(100_000))).is_ok());
        assert!(Selector::parse(&"a".repeat(513)).is_err());
    }
}
