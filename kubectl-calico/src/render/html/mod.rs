//! The report as one HTML file that needs nothing else: no script, and nothing from elsewhere.

mod nodes;
mod pools;

use std::fmt::Write as _;

use super::changes::Section;
use super::connectivity;
use super::entries::{Entry, heading, line};
use super::parts::{Part, parts};
use super::rows::Rows;
use super::status::sentence;
use super::summary_table::{HEADINGS, row};
use super::xml::{escaped, escaped_lines};
use crate::assess::finding::Finding;
use crate::assess::report::Report;
use crate::clusters::ReportList;
use crate::phrases::counted;
use crate::repair::Step;
use crate::repair::step::ways;
pub use nodes::NodeGrid;

const STYLE: &str = include_str!("style.css");

/// The report, with the nodes of the snapshot that it is about.
pub fn html(report: &Report, nodes: &NodeGrid) -> String {
    let name = report.head.cluster.as_deref();
    let mut page = head(&sentence(report, name));
    body(&mut page, report, name, nodes, "");
    page.push_str("</body>\n</html>\n");
    page
}

/// A row for each cluster, and then the reports, with the nodes of each that could be read.
pub fn html_list(list: &ReportList, nodes: &[NodeGrid]) -> String {
    let title = counted(list.clusters.len(), "cluster");
    let mut page = head(&title);
    let _ = writeln!(page, "<h1>{title}</h1>\n<table class=\"clusters\">\n<tr>");
    for heading in HEADINGS {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "<th>{heading}</th>");
    }
    page.push_str("</tr>\n");
    for (number, cluster) in list.clusters.iter().enumerate() {
        page.push_str("<tr>\n");
        for (column, text) in row(cluster).iter().enumerate() {
            let text = escaped(text);
            let _ = match column {
                0 => writeln!(page, "<td><a href=\"#cluster-{number}\">{text}</a></td>"),
                _ => writeln!(page, "<td>{text}</td>"),
            };
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
    let mut nodes = nodes.iter();
    for (number, cluster) in list.clusters.iter().enumerate() {
        let id = format!("cluster-{number}");
        let _ = writeln!(page, "<section id=\"{id}\">");
        match (&cluster.report, &cluster.error) {
            (Some(report), _) => {
                let none = NodeGrid::default();
                body(
                    &mut page,
                    report,
                    Some(&cluster.name),
                    nodes.next().unwrap_or(&none),
                    &format!("{id}-"),
                );
            }
            (None, error) => {
                let name = escaped(&cluster.name);
                let error = escaped(error.as_deref().unwrap_or_default());
                let _ = writeln!(
                    page,
                    "<h1 class=\"unknown\">{name}: not read</h1>\n<p>{error}</p>"
                );
            }
        }
        page.push_str("</section>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// Everything before the first heading.
fn head(title: &str) -> String {
    // A browser loads nothing and runs nothing, whatever a name contains.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escaped(title)
    )
}

/// The report on a cluster of that name. The addresses in it begin with `prefix`.
fn body(page: &mut String, report: &Report, name: Option<&str>, nodes: &NodeGrid, prefix: &str) {
    for part in parts(report, name) {
        match part {
            Part::Verdict(sentence) => {
                let _ = writeln!(
                    page,
                    "<h1 class=\"{}\">{}</h1>\n<p class=\"muted\">{}, kubectl-calico {}</p>",
                    report.state.key(),
                    escaped(&sentence),
                    escaped(&report.head.time),
                    report.head.tool_version,
                );
            }
            Part::Remark(remark) => {
                let _ = writeln!(page, "<p>{}</p>", escaped(&remark));
            }
            Part::List(entries) => list(page, &entries, prefix),
            Part::Section(it) => section(page, &it),
            Part::Facts(rows) => {
                facts(page, &rows);
                pools::pools(page, &report.facts);
                page.push_str(nodes.as_str());
            }
            Part::Findings(entries) => {
                page.push_str("<h2>Findings</h2>\n");
                for entry in &entries {
                    finding(page, entry, prefix);
                }
            }
            Part::Connectivity(it) => {
                let path = escaped(&it.path);
                let _ = writeln!(page, "<h2>{}</h2>\n<p>{path}</p>", connectivity::TITLE);
                steps(page, &it.steps);
            }
            Part::Sentences(heading, sentences) => lines(page, heading, &sentences),
        }
    }
}

/// The findings, one line each.
fn list(page: &mut String, entries: &[Entry], prefix: &str) {
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
            anchor(found, prefix),
            found.code,
            escaped(&line(entries, found)),
        );
    }
    let _ = writeln!(page, "</{element}>");
}

/// What has changed, is gone or is ignored.
fn section(page: &mut String, section: &Section) {
    let _ = writeln!(page, "<h2>{}</h2>\n<ul>", section.heading);
    for line in &section.lines {
        let text = escaped(&line.text);
        let _ = match line.severity {
            Some(severity) => writeln!(
                page,
                "<li><span class=\"{0}\">{0}</span> {1} {text}</li>",
                severity.word(),
                escaped(line.code),
            ),
            None => writeln!(page, "<li>{text}</li>"),
        };
    }
    page.push_str("</ul>\n");
}

/// Sentences below a heading.
fn lines(page: &mut String, heading: &str, lines: &[String]) {
    let _ = writeln!(page, "<h2>{heading}</h2>\n<ul>");
    for line in lines {
        let _ = writeln!(page, "<li>{}</li>", escaped(line));
    }
    page.push_str("</ul>\n");
}

fn facts(page: &mut String, rows: &Rows) {
    page.push_str("<h2>Cluster</h2>\n<table>\n");
    for row in rows.iter() {
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

fn finding(page: &mut String, entry: &Entry, prefix: &str) {
    let found = entry.cause;
    let number = entry.number.map(|number| format!("{number}. "));
    let _ = writeln!(
        page,
        "<div class=\"finding {0}\" id=\"{1}\">\n<h3>{2}{0} {3} {4}</h3>\n<p>{5}</p>",
        found.severity.word(),
        anchor(found, prefix),
        number.unwrap_or_default(),
        found.code,
        escaped(&found.subject.to_string()),
        escaped(&found.message),
    );
    if let Some(location) = &found.location {
        let _ = writeln!(
            page,
            "<p><code>{}</code></p>",
            escaped(&location.to_string())
        );
    }
    evidence(page, found);
    let _ = writeln!(
        page,
        "<p><b>Impact:</b> {}</p>\n<p><b>Fix:</b></p>",
        escaped(&found.impact)
    );
    steps(page, &found.fix);
    for symptom in &entry.symptoms {
        let _ = writeln!(
            page,
            "<p>It explains {} {}: {}</p>",
            symptom.code,
            escaped(&symptom.subject.to_string()),
            escaped(&symptom.message)
        );
        evidence(page, symptom);
    }
    page.push_str("</div>\n");
}

fn steps(page: &mut String, steps: &[Step]) {
    for (count, way) in ways(steps).enumerate() {
        page.push_str(if count > 0 {
            "<p><b>Or:</b></p>\n<ol>\n"
        } else {
            "<ol>\n"
        });
        for step in way {
            let _ = write!(page, "<li>{}", escaped(&step.what));
            for command in &step.commands {
                let _ = write!(page, "\n<pre>{}</pre>", escaped_lines(command));
            }
            page.push_str("</li>\n");
        }
        page.push_str("</ol>\n");
    }
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
fn anchor(found: &Finding, prefix: &str) -> String {
    escaped(&format!("{prefix}{}-{}", found.code, found.subject)).replace(' ', "-")
}
