//! The first line and the last one: how Calico is.

use anstyle::Style;

use crate::assess::cluster_state::ClusterState;
use crate::assess::phrases::counted;
use crate::assess::report::Report;
use crate::render::page::{BOLD, GREEN, Page, RED, YELLOW};
use crate::snapshot::BasisKind;

/// The state, with a symbol.
pub(super) fn verdict(page: &mut Page, report: &Report) {
    let line = line(page, report);
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
    Some(format!("Judged as {is}: {}{other}", basis.why))
}

/// The state again, with how many checks it rests on, and where to read on.
pub(super) fn closing(page: &mut Page, report: &Report) {
    let checks = &report.checks;
    let mut parts = Vec::new();
    if !matches!(report.state, ClusterState::Healthy | ClusterState::Passed) {
        let counts = report.counts.words().join(", ");
        let colon = if counts.is_empty() { "" } else { ": " };
        let name = report.head.cluster.as_deref().unwrap_or("Calico");
        let word = report.state.word();
        parts.push(format!(
            "{} {name}: {word}{colon}{counts}",
            symbol(page, report)
        ));
    }
    let mut passed = format!("{} passed", counted(checks.passed, "check"));
    if checks.skipped > 0 {
        passed.push_str(&format!(", {} skipped", checks.skipped));
    }
    if checks.not_applicable > 0 {
        passed.push_str(&format!(", {} not applicable", checks.not_applicable));
    }
    parts.push(passed);
    if let Some(first) = report.findings.first() {
        parts.push(format!("kubectl calico explain {}", first.code));
    }
    page.line(&parts.join("; "), style(report));
}

fn line(page: &Page, report: &Report) -> String {
    format!("{} {}", symbol(page, report), sentence(report))
}

/// The state, with the cluster's name.
pub(crate) fn sentence(report: &Report) -> String {
    match &report.head.cluster {
        // A sentence after a colon begins in lower case; a name stays as it is.
        Some(cluster) => match report.summary.strip_prefix("It is") {
            Some(rest) => format!("{cluster}: it is{rest}"),
            None => format!("{cluster}: {}", report.summary),
        },
        None => report.summary.clone(),
    }
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
