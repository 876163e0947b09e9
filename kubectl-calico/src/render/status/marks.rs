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
            page.mark(row, severity_style(finding.severity), Some(finding.code));
        }
    }
}

/// The label of the row.
fn row(finding: &Finding) -> Option<&'static str> {
    let number = finding.code.strip_prefix("CAL")?.parse::<u16>().ok()?;
    Some(match number {
        107 | 108 | 112 => "Components",
        114 => "calico-node",
        100..200 => "Installed by",
        202 => "Service CIDR",
        205..=207 => "Pod CIDR",
        200..300 => "IP pools",
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
