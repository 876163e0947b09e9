//! What a plan depends on but could not be read.

use std::collections::BTreeSet;

use serde::Serialize;

use super::findings::simulation::skipped;
use super::inputs::Inputs;
use crate::assess::not_read::NotRead;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{
    CONTROL_PLANE_PODS, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS, KUBE_PROXY,
    KUBEADM_CONFIG, NODES, OPENSHIFT_NETWORK, OPERATORS, SERVICE_CIDRS,
};

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unread {
    /// What could not be read, as in a report.
    #[serde(flatten)]
    pub row: NotRead,
    /// What it would have shown.
    pub shows: &'static str,
    /// Whether the plan is unreliable without it.
    pub needed: bool,
}

/// What a plan depends on, what each item shows, and whether the plan is unreliable without it.
const ROWS: [(&Resource, &str, bool); 11] = [
    (&IP_POOLS, "whether pools exist", true),
    (&INSTALLATIONS, "whether pools are listed already", true),
    (&OPERATORS, "the version of the operator", true),
    (
        &KUBEADM_CONFIG,
        "the pod CIDR that the operator enforces",
        true,
    ),
    (
        &OPENSHIFT_NETWORK,
        "the pod CIDR that the operator enforces",
        false,
    ),
    (
        &DAEMON_SETS,
        "whether another CNI plugin is installed",
        false,
    ),
    (&NODES, "the number of nodes, and the cloud", false),
    (&CONTROL_PLANE_PODS, "the pod and Service CIDRs", false),
    (&KUBE_PROXY, "the pod CIDR", false),
    (&SERVICE_CIDRS, "the Service CIDRs", false),
    (
        &FELIX_CONFIGURATIONS,
        "whether Felix disables the source/destination check of AWS",
        false,
    ),
];

/// Files (`-f`) are assumed to contain everything in the cluster: what they lack is reported if the plan
/// depends on it or a check was skipped, but does not block the plan.
pub(super) fn unread(inputs: &Inputs) -> Vec<Unread> {
    let unknown = inputs.snapshot.unknown();
    let skipped = skipped(inputs);
    let knows_operator =
        inputs.request.operator.is_some() || inputs.facts.install.operator.value().is_some();
    ROWS.iter()
        .filter_map(|(resource, shows, needed)| {
            let (_, why) = unknown
                .iter()
                .find(|(row, _)| std::ptr::eq(*row, *resource))?;
            let is_given = why.is_failure();
            if std::ptr::eq(*resource, &raw const OPERATORS) && (knows_operator || !is_given) {
                return None;
            }
            let codes: BTreeSet<&str> = skipped
                .iter()
                .filter(|(row, _)| std::ptr::eq(*row, *resource))
                .map(|(_, code)| *code)
                .collect();
            (is_given || *needed || !codes.is_empty()).then(|| Unread {
                row: NotRead::new(resource, why, codes),
                shows,
                needed: is_given && *needed,
            })
        })
        .collect()
}
