//! The report as Markdown, to paste into an issue, a ticket or a chat.

use std::fmt::Write as _;

use calico_core::text::printable;

use super::changes::Section;
use super::clusters::is_shown;
use super::connectivity;
use super::entries::{Entry, heading, line};
use super::parts::{Part, parts};
use super::rows::Rows;
use super::summary_table::{HEADINGS, row};
use crate::assess::finding::Finding;
use crate::assess::report::Report;
use crate::clusters::ReportList;
use crate::repair::Step;
use crate::repair::step::ways;

/// The report.
pub fn markdown(report: &Report) -> String {
    named(report, report.head.cluster.as_deref())
}

/// The report on a cluster of that name.
fn named(report: &Report, name: Option<&str>) -> String {
    let mut page = String::new();
    for part in parts(report, name) {
        write_part(&mut page, &part);
    }
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "\n{}, kubectl-calico {}",
        report.head.time, report.head.tool_version
    );
    page
}

fn write_part(page: &mut String, part: &Part) {
    match part {
        Part::Verdict(sentence) => {
            let _ = writeln!(page, "## {}", prose(sentence));
        }
        Part::Remark(remark) => {
            let _ = writeln!(page, "\n{}", prose(remark));
        }
        Part::List(entries) => {
            let _ = writeln!(page, "\n**{}**\n", heading(entries));
            for entry in entries {
                list_entry(page, entries, entry);
            }
        }
        Part::Section(it) => section(page, it),
        Part::Facts(rows) => facts(page, rows),
        Part::Findings(entries) => {
            for entry in entries {
                let number = entry.number.map(|number| format!("{number}. "));
                finding(page, entry.cause, &number.unwrap_or_default());
                for symptom in &entry.symptoms {
                    finding_as_symptom(page, symptom);
                }
            }
        }
        Part::Connectivity(it) => {
            let path = prose(&it.path);
            let _ = writeln!(page, "\n### {}\n\n{path}\n", connectivity::TITLE);
            steps(page, &it.steps);
        }
        Part::Sentences(heading, sentences) => {
            let _ = writeln!(page, "\n### {heading}\n");
            for sentence in sentences {
                let _ = writeln!(page, "- {}", prose(sentence));
            }
        }
    }
}

/// A row for each cluster, and the reports of those in which there is something to fix, or that could not be
/// checked or read.
pub fn markdown_list(list: &ReportList) -> String {
    let mut page = format!("| {} |\n", HEADINGS.join(" | "));
    page.push_str(&"| --- ".repeat(HEADINGS.len()));
    page.push_str("|\n");
    for cluster in &list.clusters {
        let cells: Vec<String> = row(cluster).iter().map(|cell| prose(cell)).collect();
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    for cluster in &list.clusters {
        match (&cluster.report, &cluster.error) {
            (Some(report), _) if is_shown(report) => {
                let _ = write!(page, "\n{}", named(report, Some(&cluster.name)));
            }
            (_, Some(error)) => {
                let (name, error) = (prose(&cluster.name), prose(error));
                let _ = writeln!(page, "\n## {name}: not read\n\n{error}");
            }
            _ => {}
        }
    }
    page
}

fn section(page: &mut String, section: &Section) {
    let _ = writeln!(page, "\n**{}**\n", section.heading);
    for line in &section.lines {
        let text = prose(&line.text);
        let _ = match line.severity {
            Some(severity) => writeln!(page, "- {} {}: {text}", severity.word(), line.code),
            None => writeln!(page, "- {text}"),
        };
    }
}

fn facts(page: &mut String, rows: &Rows) {
    page.push_str("\n| | |\n| --- | --- |\n");
    for row in rows.iter() {
        let lines: Vec<String> = row.text.lines().map(|line| prose(line.trim())).collect();
        let _ = writeln!(page, "| {} | {} |", row.label, lines.join("<br>"));
    }
}

fn list_entry(page: &mut String, entries: &[Entry], entry: &Entry) {
    let marker = match entry.number {
        Some(number) => format!("{number}."),
        None => "-".to_owned(),
    };
    let found = entry.cause;
    let _ = writeln!(
        page,
        "{marker} {} [{}]({}): {}",
        found.severity.word(),
        found.code,
        found.url,
        prose(&line(entries, found))
    );
}

fn finding(page: &mut String, found: &Finding, number: &str) {
    let _ = writeln!(
        page,
        "\n### {number}{} {} {}\n\n{}\n",
        found.severity.word(),
        found.code,
        prose(&found.subject.to_string()),
        prose(&found.message)
    );
    if let Some(location) = &found.location {
        let _ = writeln!(page, "- {}", code(&location.to_string()));
    }
    evidence(page, found);
    let _ = writeln!(page, "\n**Impact:** {}\n", prose(&found.impact));
    page.push_str("**Fix:**\n\n");
    steps(page, &found.fix);
}

fn steps(page: &mut String, steps: &[Step]) {
    for (count, way) in ways(steps).enumerate() {
        if count > 0 {
            page.push_str("\n**Or:**\n\n");
        }
        for (number, step) in (1..).zip(way) {
            if page.ends_with("`\n") {
                page.push('\n');
            }
            let _ = writeln!(page, "{number}. {}", prose(&step.what));
            for command in &step.commands {
                code_block(page, command);
            }
        }
    }
}

fn finding_as_symptom(page: &mut String, found: &Finding) {
    let _ = writeln!(
        page,
        "\nIt explains {} {}: {}\n",
        found.code,
        prose(&found.subject.to_string()),
        prose(&found.message)
    );
    evidence(page, found);
}

fn evidence(page: &mut String, found: &Finding) {
    for evidence in &found.evidence {
        let _ = writeln!(page, "- {}", code(&evidence.to_string()));
    }
}

/// A block that ends with its own fence: one longer than any in the command. It is not indented, because
/// the lines of a here-document must not be.
fn code_block(page: &mut String, command: &str) {
    let fence = "`".repeat(longest_run(command).max(2) + 1);
    let lines: Vec<String> = command.lines().map(printable).collect();
    let _ = writeln!(page, "\n{fence}sh\n{}\n{fence}", lines.join("\n"));
}

/// Text as code in a line.
fn code(text: &str) -> String {
    let text = printable(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    // A space on both sides is dropped, and separates a backtick at the start from the fence.
    if text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Text that Markdown shows as it is: no markup, no HTML, no links, and nobody is notified.
fn prose(text: &str) -> String {
    let mut shown = String::new();
    let text = printable(text);
    for (index, c) in text.char_indices() {
        let before = text.get(..index).unwrap_or_default();
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' => shown.push_str("&#64;"),
            ':' if text
                .get(index..)
                .is_some_and(|rest| rest.starts_with("://")) =>
            {
                shown.push_str("&#58;");
            }
            '.' if before.ends_with("www") => shown.push_str("&#46;"),
            // Issue numbers.
            '#' => shown.push_str("&#35;"),
            // Within a word they are text.
            '_' if is_within_word(&text, index) => shown.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                shown.push('\\');
                shown.push(c);
            }
            '-' | '+' if before.is_empty() => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
    }
    shown
}

fn is_within_word(text: &str, index: usize) -> bool {
    let before = text.get(..index).and_then(|text| text.chars().next_back());
    let after = text.get(index + 1..).and_then(|text| text.chars().next());
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    is_word(before) && is_word(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_a_cluster_is_text() {
        for (text, shown) in [
            (
                "calico_node is *not* ready",
                r"calico_node is \*not\* ready",
            ),
            ("<script>", "&lt;script&gt;"),
            ("@admins, see #1", "&#64;admins, see &#35;1"),
            (
                "[here](https://a.example)",
                r"\[here\](https&#58;//a.example)",
            ),
            ("www.a.example", "www&#46;a.example"),
            ("- a | b", r"\- a \| b"),
            ("_a_", r"\_a\_"),
        ] {
            assert_eq!(prose(text), shown);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a `b` c"), "``a `b` c``");
        assert_eq!(code("`"), "`` ` ``");
        let mut page = String::new();
        code_block(&mut page, "echo '```'");
        assert_eq!(page, "\n````sh\necho '```'\n````\n");
    }
}
