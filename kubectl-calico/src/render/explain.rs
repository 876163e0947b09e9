//! What the codes mean: for a terminal, and as docs/findings.md.

use calico_core::catalog::Entry;

use super::page::{BOLD, Look, Page};
use super::table::table;
use crate::assess::with;
use crate::catalog;
use crate::plan;

const INTRODUCTION: &str = "\
# Findings

Every finding of `kubectl calico status` and `kubectl calico plan` has a code, whose meaning never
changes. `kubectl calico explain CODE` prints the same text and the address of its page. `plan` also
reports violations of the [rules](rules.md), and runs the checks of `status` that evaluate the
requested configuration.

## Findings of status

";

const WITH: &str = "\n## Findings of status --with only\n\n";
const PLAN: &str = "\n## Findings of plan only\n\n";

/// One entry in full.
pub fn explain(entry: &Entry, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(&format!("{}: {}", entry.code, entry.title), BOLD);
    for (label, text) in [
        ("Meaning", entry.meaning),
        ("Impact", entry.impact),
        ("Criteria", entry.criteria),
        ("Fix", entry.fix),
        ("Source", entry.source),
        ("Page", &entry.address()),
    ] {
        page.blank();
        page.row(label, text);
    }
    page.finish()
}

/// All codes, one per line.
pub fn list() -> String {
    let rows: Vec<Vec<String>> = catalog::entries()
        .map(|entry| vec![entry.code.to_owned(), entry.title.to_owned()])
        .collect();
    let mut lines = table(&rows).join("\n");
    lines.push('\n');
    lines
}

/// The findings of `status` and `plan` as a page of the documentation: docs/findings.md.
pub fn reference() -> String {
    let with = || with::ENTRIES.iter().copied();
    let plan = || plan::catalog::ENTRIES.iter().copied();
    let mut page = String::from(INTRODUCTION);
    page.extend(catalog::checks().map(Entry::list_item));
    page.push_str(WITH);
    page.extend(with().map(Entry::list_item));
    page.push_str(PLAN);
    page.extend(plan().map(Entry::list_item));
    for entry in catalog::checks().chain(with()).chain(plan()) {
        page.push('\n');
        page.push_str(&entry.section(""));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_an_item_begin_below_its_text() {
        let entry = Entry {
            code: "CAL000",
            title: "a title",
            meaning: "A meaning.",
            impact: "An impact.",
            criteria: "It depends.\n\
                       - Error: the first of two cases, with more words than fit into a line.\n\
                       - Note: any other.",
            fix: "A fix.",
            source: "A source",
        };
        let shown = "\
Criteria      It depends.
              - Error: the first of two cases, with more words than fit into a
                line.
              - Note: any other.
";
        let page = explain(&entry, Look::default());
        assert!(page.contains(shown), "{page}");
        let section = entry.section("");
        assert!(section.contains("It depends.\n\n- Error: "), "{section}");
        assert!(section.contains("line.\n- Note: "), "{section}");
    }
}
