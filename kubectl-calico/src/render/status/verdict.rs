//! The first line and the last one: how Calico is.

use anstyle::Style;

use crate::assess::changes::Changes;
use crate::assess::cluster_state::ClusterState;
use crate::assess::report::Report;
use crate::phrases::counted;
use crate::render::page::{BOLD, GREEN, Page, RED, YELLOW};
use crate::snapshot::BasisKind;

/// When to read on although everything that the API server knows is in order.
const STILL_FAILS: &str = "If pods still cannot reach each other:";

/// The state, with a symbol.
pub(super) fn verdict(page: &mut Page, report: &Report, name: Option<&str>) {
    let line = format!("{} {}", symbol(page, report), sentence(report, name));
    page.line(&line, style(report));
    if let Some(basis) = basis(report) {
        page.line(&basis, Style::new());
    }
}

/// What the files are taken for, and why, if that can be wrong.
pub(crate) fn basis(report: &Report) -> Option<String> {
    let basis = &report.basis;
    let (is, flag) = match basis.kind {
        BasisKind::Proposal => ("a proposal", "cluster"),
        BasisKind::Cluster if !basis.detected => return None,
        BasisKind::Cluster => ("a cluster", "proposal"),
    };
    let other = if basis.detected {
        format!(" (to override: --files-are {flag})")
    } else {
        String::new()
    };
    Some(format!("Treated as {is}: {}{other}", basis.why))
}

/// The state again, with how many checks it rests on, and where to read on.
pub(super) fn closing(page: &mut Page, report: &Report, name: Option<&str>) {
    let checks = &report.checks;
    let mut parts = Vec::new();
    if !matches!(report.state, ClusterState::Healthy | ClusterState::Passed) {
        let counts = match &report.changes {
            None => report.counts.words(),
            Some(changes) => changed(changes),
        };
        let counts = counts.join(", ");
        let colon = if counts.is_empty() { "" } else { ": " };
        let name = name.unwrap_or("Calico");
        let word = report.state.word();
        parts.push(format!(
            "{} {name}: {word}{colon}{counts}",
            symbol(page, report)
        ));
    }
    let mut passed = format!("{} passed", counted(checks.passed, "check"));
    for (count, result) in [
        (checks.ignored, "ignored"),
        (checks.unchanged, "unchanged"),
        (checks.skipped, "skipped"),
        (checks.not_applicable, "not applicable"),
    ] {
        if count > 0 {
            passed.push_str(&format!(", {count} {result}"));
        }
    }
    parts.push(passed);
    if let Some(first) = report.findings.first() {
        parts.push(format!("kubectl calico explain {}", first.code));
    }
    page.parts(&parts, style(report));
    // Only nodes can show why traffic between healthy ones is dropped.
    let is_healthy = report.state == ClusterState::Healthy && report.changes.is_none();
    if is_healthy && report.connectivity.is_some() {
        let read_on = report.destination.again("status", " -o connectivity");
        page.line_with_command(STILL_FAILS, &read_on);
    }
}

/// The state, with the cluster's name.
pub(crate) fn sentence(report: &Report, name: Option<&str>) -> String {
    match name {
        // A sentence after a colon begins in lower case; a name stays as it is.
        Some(cluster) => {
            let begins = |start: &&str| report.summary.starts_with(start);
            let start = ["It is", "No part", "Only", "With the manifests"]
                .into_iter()
                .find(begins);
            let (start, rest) = report.summary.split_at(start.map_or(0, str::len));
            format!("{cluster}: {}{rest}", start.to_lowercase())
        }
        None => report.summary.clone(),
    }
}

/// The numbers of what differs from another report, as far as it is there now.
fn changed(changes: &Changes) -> Vec<String> {
    let new = (changes.new > 0).then(|| counted(changes.new, "new finding"));
    let changed =
        (!changes.changed.is_empty()).then(|| format!("{} changed", changes.changed.len()));
    new.into_iter().chain(changed).collect()
}

fn symbol<'a>(page: &Page, report: &Report) -> &'a str {
    match report.state {
        ClusterState::Healthy | ClusterState::Passed => page.symbol("✓", "OK"),
        ClusterState::Warning => "!",
        ClusterState::Degraded | ClusterState::Failed => page.symbol("✗", "X"),
        ClusterState::NotInstalled => "-",
        ClusterState::Unknown => "?",
    }
}

fn style(report: &Report) -> Style {
    match report.state {
        ClusterState::Healthy | ClusterState::Passed => GREEN,
        ClusterState::Warning | ClusterState::Unknown => YELLOW,
        ClusterState::NotInstalled if report.counts.error == 0 => BOLD,
        ClusterState::Degraded | ClusterState::Failed | ClusterState::NotInstalled => RED,
    }
}
