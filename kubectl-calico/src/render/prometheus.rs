//! Reports as metrics in Prometheus' text format, for the textfile collector of node_exporter or a
//! Pushgateway. Every metric is a gauge.
//!
//! Source: Prometheus, docs/instrumenting/exposition_formats.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use calico_core::text::printable;

use crate::assess::cluster_state::ClusterState;
use crate::assess::finding::Severity;
use crate::assess::report::Report;
use crate::clusters::NamedReport;
use crate::facts::pool_usage::PoolUsage;

/// The metrics of one or several clusters. All samples of a metric follow each other, as the format demands.
pub fn prometheus(reports: &[NamedReport]) -> String {
    let mut page = String::new();
    let mut read = Family::new("read", "Whether the cluster could be read (1) or not (0).");
    for named in reports {
        read.sample(named.name, &[], u128::from(named.outcome.is_ok()));
    }
    read.write(&mut page);
    let read: Vec<(&str, &Report)> = reports
        .iter()
        .filter_map(|named| Some((named.name, named.outcome.ok()?)))
        .collect();
    for family in FAMILIES {
        let mut samples = Family::new(family.name, family.help);
        for (cluster, report) in &read {
            for (labels, value) in (family.of)(report) {
                samples.sample(cluster, &labels, value);
            }
        }
        samples.write(&mut page);
    }
    for (name, help, number) in POOLS {
        let mut samples = Family::new(name, help);
        for (cluster, report) in &read {
            for pool in report.facts.known_pools() {
                let labels = [("pool", pool.name.clone()), ("cidr", pool.cidr.clone())];
                if let Some(usage) = pool.usage.value() {
                    samples.sample(cluster, &labels, number(usage));
                }
            }
        }
        samples.write(&mut page);
    }
    page
}

/// The labels besides the cluster, and the value.
type Sample = (Vec<(&'static str, String)>, u128);

/// A metric of a report.
struct Metric {
    name: &'static str,
    help: &'static str,
    of: fn(&Report) -> Vec<Sample>,
}

const FAMILIES: [Metric; 9] = [
    Metric {
        name: "info",
        help: "The version of kubectl-calico and of Calico.",
        of: info,
    },
    Metric {
        name: "state",
        help: "1 for the state that Calico is in, 0 for the others.",
        of: |report| {
            let states = ClusterState::ALL.into_iter();
            let is_in = |state| u128::from(state == report.state);
            states
                .map(|state| (vec![("state", state.key().to_owned())], is_in(state)))
                .collect()
        },
    },
    Metric {
        name: "findings",
        help: "The number of findings, without symptoms and ignored findings.",
        of: |report| {
            let counts = &report.counts;
            by(
                "severity",
                [
                    (Severity::Error.word(), counts.error),
                    (Severity::Warning.word(), counts.warning),
                    (Severity::Note.word(), counts.note),
                ],
            )
        },
    },
    Metric {
        name: "findings_by_code",
        help: "The number of findings by code, including symptoms.",
        of: |report| {
            let findings = report.findings.iter();
            by_code(findings.map(|found| (found.code, found.severity)))
        },
    },
    Metric {
        name: "ignored_findings_by_code",
        help: "The number of ignored findings by code.",
        of: |report| {
            let ignored = report.ignores.ignored.iter().map(|it| &it.finding);
            by_code(ignored.map(|found| (found.code.as_str(), found.severity)))
        },
    },
    Metric {
        name: "needless_ignores",
        help: "The number of ignore entries that match no finding or have expired.",
        of: |report| {
            let ignores = &report.ignores;
            by(
                "reason",
                [
                    ("unused", ignores.unused.len()),
                    ("expired", ignores.expired.len()),
                ],
            )
        },
    },
    Metric {
        name: "changes",
        help: "The number of findings by how they differ from the baseline or with the given manifests.",
        of: |report| {
            let Some(changes) = &report.changes else {
                return Vec::new();
            };
            by(
                "change",
                [
                    ("new", changes.new),
                    ("changed", changes.changed.len()),
                    ("gone", changes.gone.len()),
                    ("unchanged", changes.unchanged.len()),
                ],
            )
        },
    },
    Metric {
        name: "checks",
        help: "The number of checks by result.",
        of: |report| {
            let checks = &report.checks;
            by(
                "result",
                [
                    ("passed", checks.passed),
                    ("failed", checks.failed),
                    ("ignored", checks.ignored),
                    ("unchanged", checks.unchanged),
                    ("skipped", checks.skipped),
                ],
            )
        },
    },
    Metric {
        name: "nodes",
        help: "The number of nodes.",
        of: |report| match report.facts.cluster.nodes.value() {
            Some(nodes) => {
                let not_ready = nodes.total.saturating_sub(nodes.ready);
                by("state", [("ready", nodes.ready), ("notReady", not_ready)])
            }
            None => Vec::new(),
        },
    },
];

fn info(report: &Report) -> Vec<Sample> {
    let calico = report.facts.install.calico.value();
    let labels = vec![
        ("version", report.head.tool_version.to_owned()),
        ("calico", calico.cloned().unwrap_or_default()),
    ];
    vec![(labels, 1)]
}

/// A sample for each value of one label.
fn by<const N: usize>(label: &'static str, counts: [(&str, usize); N]) -> Vec<Sample> {
    let counts = counts.into_iter();
    counts
        .map(|(value, count)| (vec![(label, value.to_owned())], count as u128))
        .collect()
}

/// How many of these findings have each code and severity.
fn by_code<'a>(findings: impl Iterator<Item = (&'a str, Severity)>) -> Vec<Sample> {
    let mut counts: BTreeMap<(&str, Severity), u128> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|((code, severity), count)| {
            let severity = severity.word().to_owned();
            (
                vec![("code", code.to_owned()), ("severity", severity)],
                count,
            )
        })
        .collect()
}

/// The name of a metric of pools, its help, and its value for a pool.
type PoolMetric = (&'static str, &'static str, fn(&PoolUsage) -> u128);

const POOLS: [PoolMetric; 5] = [
    (
        "pool_addresses",
        "The number of addresses in an IPPool.",
        |usage| usage.total,
    ),
    (
        "pool_addresses_in_use",
        "The number of addresses of an IPPool that are in use.",
        |usage| usage.in_use,
    ),
    (
        "pool_addresses_reserved",
        "The number of free addresses of an IPPool that an IPReservation excludes.",
        |usage| usage.reserved,
    ),
    (
        "pool_blocks",
        "The number of blocks of an IPPool that exist.",
        |usage| usage.blocks,
    ),
    (
        "pool_blocks_free",
        "The number of blocks of an IPPool that a node without one can claim.",
        |usage| usage.blocks_free,
    ),
];

/// The start of every name.
const PREFIX: &str = "kubectl_calico";

/// The samples of a metric, which is a gauge. Without any, it is not written.
struct Family {
    name: String,
    help: &'static str,
    samples: String,
}

impl Family {
    fn new(name: &str, help: &'static str) -> Self {
        Self {
            name: format!("{PREFIX}_{name}"),
            help,
            samples: String::new(),
        }
    }

    fn sample(&mut self, cluster: &str, labels: &[(&str, String)], value: u128) {
        let mut all = format!("cluster=\"{}\"", escaped(cluster));
        for (label, text) in labels {
            // Writing to a String cannot fail.
            let _ = write!(all, ",{label}=\"{}\"", escaped(text));
        }
        let _ = writeln!(self.samples, "{}{{{all}}} {value}", self.name);
    }

    fn write(self, page: &mut String) {
        let Self {
            name,
            help,
            samples,
        } = self;
        if !samples.is_empty() {
            let _ = write!(page, "# HELP {name} {help}\n# TYPE {name} gauge\n{samples}");
        }
    }
}

/// The value of a label.
fn escaped(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('"', "\\\"")
}
