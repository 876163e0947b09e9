//! The report as one HTML file that needs nothing else: no script, and nothing from elsewhere.

mod nodes;
mod pools;

use std::fmt::Write as _;

use super::entries::{Entry, entries, heading, line};
use super::not_read::reasons;
use super::status::{rows, sentence};
use super::xml::{escaped, escaped_lines};
use crate::assess::finding::Finding;
use crate::assess::report::Report;
use crate::snapshot::Snapshot;

const STYLE: &str = include_str!("style.css");

/// The report, with the nodes of the snapshot that it is about.
pub fn html(report: &Report, snapshot: &Snapshot) -> String {
    let title = escaped(&sentence(report));
    // A browser loads nothing and runs nothing, whatever a name contains.
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1 class=\"{}\">{title}</h1>\n<p class=\"muted\">{}, kubectl-calico {}</p>\n",
        report.state.key(),
        escaped(&report.head.time),
        report.head.tool_version,
    );
    let entries = entries(report);
    list(&mut page, &entries);
    cluster(&mut page, report);
    pools::pools(&mut page, &report.facts);
    nodes::nodes(&mut page, snapshot);
    if !entries.is_empty() {
        page.push_str("<h2>Findings</h2>\n");
    }
    for entry in &entries {
        finding(&mut page, entry);
    }
    let reasons = reasons(&report.not_read);
    if !reasons.is_empty() {
        page.push_str("<h2>Not read</h2>\n<ul>\n");
        for reason in reasons {
            // Writing to a String cannot fail.
            let _ = writeln!(page, "<li>{}</li>", escaped(&reason));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The findings, one line each.
fn list(page: &mut String, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{}</h2>", heading(entries));
    let is_numbered = entries.iter().any(|entry| entry.number.is_some());
    let element = if is_numbered { "ol" } else { "ul" };
    let _ = writeln!(page, "<{element}>");
    for entry in entries {
        let found = entry.cause;
        // Notes come last and have no number.
        let style = match entry.number {
            None if is_numbered => " style=\"list-style: disc\"",
            _ => "",
        };
        let _ = writeln!(
            page,
            "<li{style}><span class=\"{0}\">{0}</span> <a href=\"#{1}\">{2}</a> {3}</li>",
            found.severity.word(),
            anchor(found),
            found.code,
            escaped(&line(entries, found)),
        );
    }
    let _ = writeln!(page, "</{element}>");
}

fn cluster(page: &mut String, report: &Report) {
    page.push_str("<h2>Cluster</h2>\n<table>\n");
    for row in rows(report, false).iter() {
        let lines: Vec<String> = row.text.lines().map(|line| escaped(line.trim())).collect();
        let _ = writeln!(
            page,
            "<tr><th>{}</th><td>{}</td></tr>",
            escaped(row.label),
            lines.join("\n")
        );
    }
    page.push_str("</table>\n");
}

fn finding(page: &mut String, entry: &Entry) {
    let found = entry.cause;
    let number = entry.number.map(|number| format!("{number}. "));
    let _ = writeln!(
        page,
        "<div class=\"finding {0}\" id=\"{1}\">\n<h3>{2}{0} {3} {4}</h3>\n<p>{5}</p>",
        found.severity.word(),
        anchor(found),
        number.unwrap_or_default(),
        found.code,
        escaped(&found.subject),
        escaped(&found.message),
    );
    evidence(page, found);
    let _ = writeln!(
        page,
        "<p><b>Impact:</b> {}</p>\n<p><b>Fix:</b></p>\n<ol>",
        escaped(&found.impact)
    );
    for step in &found.fix {
        let _ = write!(page, "<li>{}", escaped(&step.what));
        for command in &step.commands {
            let _ = write!(page, "\n<pre>{}</pre>", escaped_lines(command));
        }
        page.push_str("</li>\n");
    }
    page.push_str("</ol>\n");
    for symptom in &entry.symptoms {
        let _ = writeln!(
            page,
            "<p>It explains {} {}: {}</p>",
            symptom.code,
            escaped(&symptom.subject),
            escaped(&symptom.message)
        );
        evidence(page, symptom);
    }
    page.push_str("</div>\n");
}

fn evidence(page: &mut String, found: &Finding) {
    page.push_str("<ul>\n");
    for evidence in &found.evidence {
        let _ = writeln!(
            page,
            "<li><code>{}</code></li>",
            escaped(&evidence.to_string())
        );
    }
    page.push_str("</ul>\n");
}

/// The address of a finding in the page.
fn anchor(found: &Finding) -> String {
    escaped(&format!("{}-{}", found.code, found.subject)).replace(' ', "-")
}
