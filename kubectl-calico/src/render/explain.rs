//! What the codes mean: for a terminal, and as docs/findings.md.

use std::fmt::Write as _;

use super::page::{BOLD, Look, Page};
use super::table::table;
use crate::assess::check::Check;
use crate::assess::checks::CHECKS;

/// One code, in full.
pub fn explain(check: &Check, look: Look) -> String {
    let text = &check.explain;
    let mut page = Page::new(look);
    page.line(&format!("{}: {}", check.code, check.title), BOLD);
    for (label, text) in [
        ("Means", text.means),
        ("Matters", text.matters),
        ("Judged", text.judged),
        ("Fix", text.fix),
        ("Source", text.source),
    ] {
        page.blank();
        page.row(label, text);
    }
    page.finish()
}

/// All codes, a line each.
pub fn list() -> String {
    let rows = CHECKS
        .iter()
        .map(|check| vec![check.code.to_owned(), check.title.to_owned()]);
    let mut lines = table(&rows.collect::<Vec<_>>()).join("\n");
    lines.push('\n');
    lines
}

/// All of it as a page of the documentation.
pub fn reference() -> String {
    let mut page = String::from(
        "# Findings of kubectl calico status\n\n\
         Each has a code that never changes its meaning. `kubectl calico explain CODE` prints the \
         same text.\n\n",
    );
    for check in CHECKS {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "- [{}](#{}) {}",
            check.code,
            check.code.to_lowercase(),
            check.title
        );
    }
    for check in CHECKS {
        let text = &check.explain;
        let _ = write!(
            page,
            "\n## {}\n\n**{}{}.** {}\n\n**Why it matters.** {}\n\n**How it is judged.** {}\n\n\
             **How to fix it.** {}\n\n**Source.** {}\n",
            check.code,
            check.title.get(..1).unwrap_or_default().to_uppercase(),
            check.title.get(1..).unwrap_or_default(),
            text.means,
            text.matters,
            text.judged,
            text.fix,
            text.source
        );
    }
    page
}
