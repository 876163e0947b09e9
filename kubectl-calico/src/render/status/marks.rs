//! Which fact a finding is about.

use super::finding::severity_style;
use crate::assess::finding::{Finding, Severity};
use crate::assess::report::Report;
use crate::render::page::{Page, YELLOW};

/// Marks the facts that findings are about.
pub(super) fn mark(page: &mut Page, report: &Report) {
    let nodes = report.facts.cluster.nodes.value();
    if nodes.is_some_and(|nodes| nodes.ready < nodes.total) {
        page.mark("Cluster", YELLOW, None);
    }
    let findings = report.findings.iter();
    for finding in findings.filter(|finding| finding.severity > Severity::Note) {
        if let Some(row) = row(finding) {
            let is_of_one = pool_of(finding, report).is_some();
            let word = (!is_of_one).then_some(finding.code);
            page.mark(row, severity_style(finding.severity), word);
        }
    }
}

/// The codes of the errors and warnings about one of several pools, which follow its name.
pub(super) fn of_pool(pool: &str, report: &Report) -> Vec<&'static str> {
    let findings = report.findings.iter();
    let findings = findings.filter(|finding| finding.severity > Severity::Note);
    let mut codes: Vec<_> = findings
        .filter(|finding| pool_of(finding, report) == Some(pool))
        .map(|finding| finding.code)
        .collect();
    codes.dedup();
    codes
}

/// The pool that a finding is about, if it is one of several in the row.
fn pool_of<'a>(finding: &'a Finding, report: &Report) -> Option<&'a str> {
    let name = finding.subject.pool()?;
    let pools = report.facts.pools.value()?;
    let is_one = pools.len() > 1 && pools.iter().any(|pool| pool.name == name);
    (is_one && row(finding) == Some(POOLS)).then_some(name)
}

const POOLS: &str = "IP pools";

/// The label of the row.
fn row(finding: &Finding) -> Option<&'static str> {
    let number = finding.code.strip_prefix("CAL")?.parse::<u16>().ok()?;
    Some(match number {
        107 | 108 | 112 => "Components",
        114 => "calico-node",
        100..200 => "Installed by",
        202 => "Service CIDR",
        205..=207 => "Pod CIDR",
        200..300 => POOLS,
        307 | 310..=314 => "Data plane",
        300..400 => "Routing",
        400..500 => "Typha",
        502 | 503 => workload(finding.name()),
        504 | 505 | 511 | 512 => "Cluster",
        508 => "Components",
        500..600 => "calico-node",
        _ => return None,
    })
}

fn workload(name: &str) -> &'static str {
    match name {
        "calico-typha" => "Typha",
        "tigera-operator" => "Installed by",
        "calico-node" | "canal" | "rke2-canal" => "calico-node",
        _ => "Components",
    }
}
