//! The report as metrics in Prometheus' text format, for the textfile collector of node_exporter or a
//! Pushgateway. Every metric is a gauge.
//!
//! Source: Prometheus, docs/instrumenting/exposition_formats.md.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use calico_core::text::printable;

use crate::assess::cluster_state::ClusterState;
use crate::assess::facts::pool_usage::PoolUsage;
use crate::assess::finding::Severity;
use crate::assess::report::Report;

/// The metrics.
pub fn prometheus(report: &Report) -> String {
    let mut page = Exposition {
        cluster: report.head.cluster.clone().unwrap_or_default(),
        text: String::new(),
    };
    page.family("info", "The version of kubectl-calico and of Calico.");
    let calico = report.facts.install.calico.value();
    page.sample(
        "info",
        &[
            ("version", report.head.tool_version),
            ("calico", calico.map(String::as_str).unwrap_or_default()),
        ],
        1,
    );
    page.family(
        "state",
        "1 for the state that Calico is in, 0 for the others.",
    );
    for state in ClusterState::ALL {
        let is_in = u8::from(state == report.state);
        page.sample("state", &[("state", state.key())], is_in);
    }
    page.family("findings", "The number of findings, without symptoms.");
    for (severity, count) in [
        (Severity::Error, report.counts.error),
        (Severity::Warning, report.counts.warning),
        (Severity::Note, report.counts.note),
    ] {
        page.sample("findings", &[("severity", severity.word())], count);
    }
    page.family(
        "findings_by_code",
        "The number of findings with a code, including symptoms.",
    );
    for ((code, severity), count) in by_code(report) {
        page.sample(
            "findings_by_code",
            &[("code", code), ("severity", severity.word())],
            count,
        );
    }
    page.family("checks", "The number of checks with a result.");
    for (result, count) in [
        ("passed", report.checks.passed),
        ("failed", report.checks.failed),
        ("skipped", report.checks.skipped),
    ] {
        page.sample("checks", &[("result", result)], count);
    }
    pools(&mut page, report);
    page.family("nodes", "The number of nodes.");
    if let Some(nodes) = report.facts.cluster.nodes.value() {
        page.sample("nodes", &[("state", "ready")], nodes.ready);
        let not_ready = nodes.total.saturating_sub(nodes.ready);
        page.sample("nodes", &[("state", "notReady")], not_ready);
    }
    page.text
}

fn by_code(report: &Report) -> BTreeMap<(&'static str, Severity), usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry((finding.code, finding.severity)).or_insert(0) += 1;
    }
    counts
}

/// The name of a metric, its help, and its value for a pool.
type Metric = (&'static str, &'static str, fn(&PoolUsage) -> u128);

fn pools(page: &mut Exposition, report: &Report) {
    let pools: Vec<_> = report
        .facts
        .known_pools()
        .iter()
        .filter_map(|pool| Some((pool, pool.usage.value()?)))
        .collect();
    let metrics: [Metric; 5] = [
        ("pool_addresses", "All addresses of an IPPool.", |usage| {
            usage.total
        }),
        (
            "pool_addresses_in_use",
            "The assigned addresses of an IPPool.",
            |usage| usage.in_use,
        ),
        (
            "pool_addresses_reserved",
            "The free addresses that an IPReservation excludes.",
            |usage| usage.reserved,
        ),
        (
            "pool_blocks",
            "The blocks of an IPPool that exist.",
            |usage| usage.blocks,
        ),
        (
            "pool_blocks_free",
            "The blocks that a node without one can claim.",
            |usage| usage.blocks_free,
        ),
    ];
    for (name, help, number) in metrics {
        page.family(name, help);
        for (pool, usage) in &pools {
            page.sample(
                name,
                &[("pool", &pool.name), ("cidr", &pool.cidr)],
                number(usage),
            );
        }
    }
}

/// The start of every name.
const PREFIX: &str = "kubectl_calico";

struct Exposition {
    cluster: String,
    text: String,
}

impl Exposition {
    fn family(&mut self, name: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP {PREFIX}_{name} {help}");
        let _ = writeln!(self.text, "# TYPE {PREFIX}_{name} gauge");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let mut all = format!("cluster=\"{}\"", escaped(&self.cluster));
        for (label, text) in labels {
            let _ = write!(all, ",{label}=\"{}\"", escaped(text));
        }
        let _ = writeln!(self.text, "{PREFIX}_{name}{{{all}}} {value}");
    }
}

/// The value of a label.
fn escaped(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('"', "\\\"")
}
