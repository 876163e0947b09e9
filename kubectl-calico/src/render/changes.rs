//! What differs from another report, and what is ignored, in words: what every format shows of it.

use crate::assess::changes::{ChangedFinding, Changes, KnownFinding};
use crate::assess::finding::Severity;
use crate::assess::ignores::{Ignore, Ignored, Ignores};
use crate::assess::report::Report;
use crate::phrases::counted;

/// The heading of what is ignored.
pub(super) const IGNORED: &str = "Ignored";

/// A heading and the lines below it.
pub(super) struct Section<'a> {
    pub(super) heading: &'static str,
    pub(super) lines: Vec<Line<'a>>,
}

/// A finding in a line; or a sentence, which has neither severity nor code.
pub(super) struct Line<'a> {
    pub(super) severity: Option<Severity>,
    pub(super) code: &'a str,
    pub(super) text: String,
}

/// What a report is compared with and the numbers, what is assumed, and what the operator does.
pub(super) fn comparison(changes: &Changes) -> Vec<String> {
    let mut numbers = vec![counted(changes.new, "new finding")];
    if !changes.changed.is_empty() {
        numbers.push(format!("{} changed", changes.changed.len()));
    }
    numbers.push(format!("{} gone", changes.gone.len()));
    numbers.push(format!("{} unchanged", changes.unchanged.len()));
    let mut lines = vec![format!(
        "Compared {}: {}",
        changes.compared,
        numbers.join(", ")
    )];
    let assumed = changes.assumed.iter();
    lines.extend(assumed.map(|assumed| format!("Assumed: {assumed}")));
    let operator = changes.operator.iter();
    lines.extend(operator.map(|action| format!("The operator {action}")));
    let ports = changes.ports.iter();
    lines.extend(ports.map(|ports| format!("Required between nodes: {ports}")));
    lines
}

/// What has changed, what is gone and what is ignored, as far as there is any.
pub(super) fn sections(report: &Report) -> Vec<Section<'_>> {
    let changes = report.changes.as_ref();
    let changed = changes.map(|changes| changes.changed.iter().map(changed).collect());
    let gone = changes.map(|changes| {
        let gone = changes.gone.iter();
        gone.map(|finding| known(finding, None)).collect()
    });
    let sections = [
        ("Changed", changed.unwrap_or_default()),
        ("Gone", gone.unwrap_or_default()),
        (IGNORED, ignored(&report.ignores)),
    ];
    sections
        .into_iter()
        .map(|(heading, lines): (_, Vec<Line>)| Section { heading, lines })
        .filter(|section| !section.lines.is_empty())
        .collect()
}

/// What a finding said before, as the end of a sentence.
pub(super) fn was(changed: &ChangedFinding) -> String {
    let (is, was) = (&changed.finding, &changed.was);
    if is.severity == was.severity {
        format!("was: {}", was.message)
    } else {
        format!("was: {}", was.severity.word())
    }
}

/// Why a finding is ignored.
pub(super) fn reason(ignored: &Ignored) -> String {
    format!("ignored: {}", ignored.reason)
}

/// What to do about entries that ignore nothing, in a sentence each.
pub(super) fn needless(ignores: &Ignores) -> Vec<String> {
    let expired = ignores.expired.iter().map(expired);
    let unused = ignores
        .unused
        .iter()
        .map(|ignore| format!("{} matches no finding: remove it", entry(ignore)));
    expired.chain(unused).collect()
}

fn ignored(ignores: &Ignores) -> Vec<Line<'_>> {
    let ignored = ignores.ignored.iter();
    let mut lines: Vec<Line> = ignored
        .map(|ignored| known(&ignored.finding, Some(reason(ignored))))
        .collect();
    lines.extend(needless(ignores).into_iter().map(|text| Line {
        severity: None,
        code: "",
        text,
    }));
    lines
}

fn changed(changed: &ChangedFinding) -> Line<'_> {
    known(&changed.finding, Some(was(changed)))
}

fn known(finding: &KnownFinding, remark: Option<String>) -> Line<'_> {
    let remark = remark.map(|remark| format!(" ({remark})"));
    Line {
        severity: Some(finding.severity),
        code: &finding.code,
        text: format!(
            "{}: {}{}",
            finding.subject,
            finding.message,
            remark.unwrap_or_default()
        ),
    }
}

fn expired(ignore: &Ignore) -> String {
    match ignore.until {
        Some(until) => format!(
            "{} counts again: it was ignored until {until}",
            entry(ignore)
        ),
        None => format!("{} counts again", entry(ignore)),
    }
}

fn entry(ignore: &Ignore) -> String {
    match &ignore.object {
        Some(object) => format!("{} {object} ({})", ignore.code, ignore.reason),
        None => format!("{} ({})", ignore.code, ignore.reason),
    }
}
