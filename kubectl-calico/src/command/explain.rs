//! `kubectl calico explain`

use calico_core::text::{closest, quoted};

use super::output;
use crate::catalog;
use crate::cli::{Color, ExplainArgs, SchemaName};
use crate::exit::Exit;
use crate::render;
use crate::terminal;

/// What is explained besides codes.
pub(super) const CONNECTIVITY: &str = "connectivity";

/// Explains a code, lists all codes, or prints a schema.
pub(super) fn run(arguments: &ExplainArgs) -> Exit {
    if let Some(command) = arguments.schema {
        let schema = match command {
            SchemaName::Status => render::STATUS_SCHEMA,
            SchemaName::Clusters => render::CLUSTERS_SCHEMA,
            SchemaName::Plan => render::PLAN_SCHEMA,
            SchemaName::Nodes => render::NODES_SCHEMA,
        };
        return output::print(schema, Exit::Success);
    }
    let Some(code) = arguments.code.as_deref() else {
        return output::print(&render::list(), Exit::Success);
    };
    if code.eq_ignore_ascii_case(CONNECTIVITY) {
        let text = render::general_connectivity(terminal::look(Color::Auto));
        return output::print(&text, Exit::Success);
    }
    if let Some(entry) = catalog::entry(code) {
        let text = render::explain(entry, terminal::look(Color::Auto));
        return output::print(&text, Exit::Success);
    }
    let codes: Vec<&str> = catalog::entries().map(|entry| entry.code).collect();
    let suggestion = match suggestion(code, &codes) {
        Some(meant) => format!("; did you mean {meant}?"),
        None => String::new(),
    };
    terminal::complain(&format!(
        "unknown code {}{suggestion}\nRun 'kubectl calico explain --list' to list all codes.",
        quoted(code)
    ));
    Exit::Usage
}

/// The code that was most likely meant. Many codes differ in only one digit, so a typo is equally close
/// to several of them. Characters that look alike decide, or else the only code that is one edit away.
fn suggestion<'a>(text: &str, codes: &[&'a str]) -> Option<&'a str> {
    const PREFIX: &str = "CAL";
    let upper = text.to_uppercase();
    let number = upper.strip_prefix(PREFIX).unwrap_or(&upper);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return closest(text, codes);
    }
    let digits: String = number.chars().map(digit).collect();
    let code = format!("{PREFIX}{digits}");
    if let Some(same) = codes.iter().find(|known| **known == code) {
        return Some(same);
    }
    let mut near = codes
        .iter()
        .filter(|known| strsim::damerau_levenshtein(known, &code) == 1);
    near.next().filter(|_| near.next().is_none()).copied()
}

/// The digit that a letter looks like.
fn digit(letter: char) -> char {
    match letter {
        'I' | 'L' => '1',
        'O' => '0',
        'S' => '5',
        'Z' => '2',
        'B' => '8',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_in_a_code_suggests_only_what_was_meant() {
        let codes = ["CAL101", "CAL201", "CAL202", "CAL209", "CAL509"];
        for (typo, meant) in [
            ("CAL20l", Some("CAL201")),
            ("cal2O2", Some("CAL202")),
            ("201", Some("CAL201")),
            ("CLA509", Some("CAL509")),
            ("CAL5099", Some("CAL509")),
            ("CAL203", None),
            ("CAL999", None),
            ("CAL", None),
            ("nodes", None),
            ("", None),
        ] {
            assert_eq!(suggestion(typo, &codes), meant, "{typo}");
        }
    }
}
