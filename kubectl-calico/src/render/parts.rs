//! What a report consists of as a document, and in which order: Markdown and HTML write it down.

use super::changes::{Section, comparison, sections};
use super::entries::{Entry, entries};
use super::not_read::reasons;
use super::rows::Rows;
use super::status::{basis, rows, sentence, to_install};
use crate::assess::connectivity::Connectivity;
use crate::assess::report::Report;

/// A part of a document. None is empty.
pub(super) enum Part<'a> {
    /// The state, with the cluster's name.
    Verdict(String),
    /// A paragraph about how the report is to be read.
    Remark(String),
    /// The findings, a line each.
    List(Vec<Entry<'a>>),
    /// What has changed, is gone or is ignored.
    Section(Section<'a>),
    /// What was read.
    Facts(Rows),
    /// The findings in full.
    Findings(Vec<Entry<'a>>),
    /// What to run if pods on other nodes do not answer.
    Connectivity(&'a Connectivity),
    /// Sentences below a heading.
    Sentences(&'static str, Vec<String>),
}

/// The parts of the report on a cluster of that name.
pub(super) fn parts<'a>(report: &'a Report, name: Option<&str>) -> Vec<Part<'a>> {
    let mut parts = vec![Part::Verdict(sentence(report, name))];
    parts.extend(basis(report).map(Part::Remark));
    let comparison = report.changes.iter().flat_map(comparison);
    parts.extend(comparison.map(Part::Remark));
    let has_findings = !report.findings.is_empty();
    if has_findings {
        parts.push(Part::List(entries(report)));
    }
    parts.extend(sections(report).into_iter().map(Part::Section));
    let rows = rows(report, false);
    if !rows.is_empty() {
        parts.push(Part::Facts(rows));
    }
    if has_findings {
        parts.push(Part::Findings(entries(report)));
    }
    let connectivity = report.connectivity.iter();
    parts.extend(
        connectivity
            .filter(|connectivity| connectivity.suspected)
            .map(Part::Connectivity),
    );
    for (heading, sentences) in [
        ("Not read", reasons(&report.not_read)),
        ("To install", to_install(report).unwrap_or_default()),
    ] {
        if !sentences.is_empty() {
            parts.push(Part::Sentences(heading, sentences));
        }
    }
    parts
}
