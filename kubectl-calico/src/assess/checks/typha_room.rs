//! Whether there are enough nodes for Typha's replicas: each replica needs a node of its own.

use calico_core::catalog::Entry;
use calico_core::operator::OperatorVersion;
use std::cmp::Ordering;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::assess::advice::typha_scale::{
    by_gke, scaled, schedulable_count, takes_typha, too_few_nodes,
};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::replicas::Replicas;
use crate::facts::typha::{WantedReplicas, deployment_object, typha};
use crate::phrases::{counted, few, pasted};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{AWS_TYPHAS, DAEMON_SETS, DEPLOYMENTS, NODES};
use crate::views::node_labels::MIGRATION_LABEL;

pub(crate) const TOO_MANY: Check = Check {
    entry: Entry {
        code: "CAL406",
        title: "Typha has at least as many replicas as there are nodes",
        meaning: "Calico was installed from manifests, and there is no spare node for another \
                  Typha pod.",
        impact: "Typha uses the host port 5473, so two replicas cannot share a node. Replicas \
                 beyond the number of nodes stay Pending indefinitely, and a rolling update, which \
                 starts new pods before it stops old ones, proceeds one pod at a time or not at \
                 all.",
        criteria: "More replicas than nodes that run Felix are a warning. The same number of \
                   replicas is a warning if the Deployment allows no unavailable pod \
                   (maxUnavailable rounds down to 0, which is the default with fewer than four \
                   replicas), and a note otherwise; Calico's own manifest allows one. One replica \
                   on a single node is not a finding.",
        fix: "Scale the Deployment to fewer replicas than there are nodes.",
        source: "Calico's documentation, Typha; projectcalico/calico v3.32.1, \
                 manifests/calico-typha.yaml; kubernetes v1.34, pkg/controller/deployment",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS, &NODES],
    excuses: &[&AWS_TYPHAS],
    judges: Judges::Configured,
    find: |case| {
        let (Some(replicas), Some(wanted), true) = (
            case.facts.typha.deployment.value(),
            case.facts.typha.wanted.value(),
            case.facts.install.is_from_manifests(),
        ) else {
            return Vec::new();
        };
        let stalls = typha(case.snapshot).is_some_and(|found| !may_lose_one(found, replicas));
        let (severity, impact) = match replicas.replicas.cmp(&wanted.nodes) {
            Ordering::Less => return Vec::new(),
            Ordering::Greater => (
                Severity::Warning,
                "replicas beyond the number of nodes stay Pending, and an update never completes",
            ),
            Ordering::Equal if stalls => (
                Severity::Warning,
                "an update never completes: a new pod finds no free port, and no old pod may be \
                 stopped first",
            ),
            Ordering::Equal if wanted.nodes == 1 => return Vec::new(),
            Ordering::Equal => (
                Severity::Note,
                "an update proceeds one pod at a time, because each new pod waits for an old one \
                 to free the port",
            ),
        };
        let fewer = fewer(wanted);
        let severity = if by_gke(case) {
            Severity::Note
        } else {
            severity
        };
        let finding = Finding::new(
            &TOO_MANY.entry,
            severity,
            deployment_object(replicas),
            format!(
                "Typha has {} replicas for {} nodes",
                replicas.replicas, wanted.nodes
            ),
        )
        .evidence(
            deployment_object(replicas),
            "spec.replicas",
            replicas.replicas,
        )
        .evidence(
            ObjectRef::all("Node"),
            "count (running Felix)",
            wanted.nodes,
        )
        .impact(impact)
        .fixed_by(scaled(
            case,
            "scale it to fewer replicas than there are nodes",
            replicas,
            fewer,
        ));
        vec![finding]
    },
};

/// The number of replicas needed; in a small cluster, at most one less than the number of nodes.
fn fewer(wanted: &WantedReplicas) -> u32 {
    let spare = wanted.nodes.saturating_sub(1).max(1);
    match wanted.replicas {
        0 => spare.min(3),
        needed => needed.min(spare),
    }
}

/// Whether a rolling update may stop a pod before its successor is ready. By default a quarter of
/// the pods may be unavailable, rounded down.
fn may_lose_one(deployment: &Deployment, replicas: &Replicas) -> bool {
    let strategy = deployment
        .spec
        .as_ref()
        .and_then(|spec| spec.strategy.as_ref());
    if strategy.is_some_and(|strategy| strategy.type_.as_deref() == Some("Recreate")) {
        return true;
    }
    let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
    match rolling.and_then(|rolling| rolling.max_unavailable.as_ref()) {
        Some(IntOrString::Int(count)) => *count > 0,
        Some(IntOrString::String(share)) => {
            let percent = share.strip_suffix('%').and_then(|text| text.parse().ok());
            percent
                .is_none_or(|percent: u32| u64::from(percent) * u64::from(replicas.replicas) >= 100)
        }
        None => replicas.replicas >= 4,
    }
}

pub(crate) const NO_ROOM: Check = Check {
    entry: Entry {
        code: "CAL407",
        title: "there are not enough Linux nodes for Typha",
        meaning: "The operator needs more Typha replicas than there are schedulable Linux nodes.",
        impact: "The operator stops with \"not enough linux nodes to schedule typha pods on, \
                 require N and have M\" in the calico TigeraStatus, and applies no other change \
                 until there are enough nodes.",
        criteria: "The number of replicas depends on the number of schedulable nodes, including \
                   Windows nodes: 1 for up to 2, 2 for up to 4, and nodes/200 + 2, but at least 3, \
                   for more. Cordoned nodes and AKS virtual nodes are not counted; before operator \
                   1.34, neither are nodes that are still waiting for the migration from \
                   manifests. Typha runs only on nodes with the label kubernetes.io/os=linux.",
        fix: "Uncordon nodes, add Linux nodes, or complete the migration.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/typha_autoscaler.go; \
                 projectcalico/calico#6407, #6810, tigera/operator#1923",
    },
    needs: &[&NODES, &DAEMON_SETS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let Some((wanted, linux)) = too_few_nodes(case) else {
            return Vec::new();
        };
        let nodes = case.snapshot.nodes.items().iter();
        let cordoned = nodes.filter(|node| node.spec.unschedulable && takes_typha(node));
        let cordoned: Vec<&str> = cordoned.map(|node| node.metadata.name.as_str()).collect();
        let mut finding = Finding::error(
            &NO_ROOM.entry,
            ObjectRef::in_namespace("Deployment", "calico-system", "calico-typha"),
            match linux {
                0 => format!(
                    "Typha needs {}, but no Linux node is schedulable",
                    counted(many(wanted), "replica")
                ),
                1 => format!("Typha needs {wanted} replicas, but only 1 Linux node is schedulable"),
                linux => format!(
                    "Typha needs {wanted} replicas, but only {linux} Linux nodes are schedulable"
                ),
            },
        )
        .evidence(
            ObjectRef::all("Node"),
            "count (schedulable)",
            schedulable_count(case),
        )
        .evidence(
            ObjectRef::all("Node"),
            "count (schedulable, label kubernetes.io/os=linux)",
            linux,
        );
        if !cordoned.is_empty() {
            finding =
                finding.evidence(ObjectRef::all("Node"), "spec.unschedulable", few(&cordoned));
        }
        let waiting = waiting(case);
        if !waiting.is_empty() {
            finding = finding.evidence(
                ObjectRef::all("Node"),
                format!("label {MIGRATION_LABEL}=pre-operator"),
                few(&waiting),
            );
        }
        let finding = finding
            .impact(
                "the operator stops with \"not enough linux nodes to schedule typha pods on\", and \
                 applies no other change until there are enough",
            )
            .fix(if waiting.is_empty() {
                "uncordon Linux nodes that are healthy, or add Linux nodes"
            } else {
                "upgrade to Calico 3.28 or later, whose operator counts nodes that wait for the \
                 migration; or remove the label from one of them, which then runs no calico-node \
                 until the operator has migrated it"
            });
        if let Some(node) = waiting.first() {
            return vec![finding.paste(format!(
                "kubectl label nodes {} {MIGRATION_LABEL}-",
                pasted(node)
            ))];
        }
        let missing = many(wanted.saturating_sub(linux));
        let names: Vec<&str> = cordoned
            .iter()
            .take(missing.min(5))
            .map(|name| pasted(name))
            .collect();
        vec![if names.is_empty() {
            finding
        } else {
            finding.paste(format!("kubectl uncordon {}", names.join(" ")))
        }]
    },
};

/// The nodes that the operator does not count because they wait for the migration: before 1.34.
/// Source: tigera/operator#3156.
fn waiting<'a>(case: &Case<'a>) -> Vec<&'a str> {
    let operator = case.facts.install.operator.value();
    let version = operator.and_then(|version| version.parse::<OperatorVersion>().ok());
    if version.is_none_or(|version| version.since(34)) {
        return Vec::new();
    }
    let nodes = case.snapshot.nodes.items().iter();
    nodes
        .filter(|node| node.metadata.label(MIGRATION_LABEL) == Some("pre-operator"))
        .map(|node| node.metadata.name.as_str())
        .collect()
}

fn many(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
