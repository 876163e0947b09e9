//! What of a cluster could not be read that a plan hangs on.

use serde::Serialize;

use super::findings::simulation::not_made;
use super::inputs::Inputs;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{
    CONTROL_PLANE_PODS, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS, KUBE_PROXY,
    KUBEADM_CONFIG, NODES, OPENSHIFT_NETWORK, SERVICE_CIDRS,
};
use crate::snapshot::{ObjectRef, Unknown};

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unread {
    /// The object that could not be read, or the kind whose objects could not be.
    pub object: ObjectRef,
    /// Why not.
    pub why: String,
    /// The permission that is missing, if it is for want of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// What it would have told.
    pub tells: &'static str,
    /// Whether nobody can rely on the plan without it.
    pub needed: bool,
    /// The checks that were not made of the plan for want of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<&'static str>,
}

/// What a plan hangs on, with what each tells, and whether nobody can rely on a plan without it.
const ROWS: [(&Resource, &str, bool); 10] = [
    (&IP_POOLS, "whether there are live pools", true),
    (
        &INSTALLATIONS,
        "whether the operator was asked for pools already",
        true,
    ),
    (
        &KUBEADM_CONFIG,
        "the pod network that the operator holds pools to",
        true,
    ),
    (
        &OPENSHIFT_NETWORK,
        "the pod network that the operator holds pools to",
        false,
    ),
    (
        &DAEMON_SETS,
        "whether another network plugin is there",
        false,
    ),
    (
        &NODES,
        "how many nodes there are, and whose machines",
        false,
    ),
    (
        &CONTROL_PLANE_PODS,
        "the pod network and the services",
        false,
    ),
    (&KUBE_PROXY, "the pod network", false),
    (&SERVICE_CIDRS, "the services", false),
    (
        &FELIX_CONFIGURATIONS,
        "whether Felix turns AWS' source/destination check off",
        false,
    ),
];

/// Who gives files says what there is: what they do not hold is told where a plan needs it or was
/// not judged without, and stops nothing.
pub(super) fn unread(inputs: &Inputs) -> Vec<Unread> {
    let unknown = inputs.snapshot.unknown();
    let not_made = not_made(inputs);
    let unread = |(resource, tells, needed): &(&Resource, &'static str, bool)| {
        let (_, why) = unknown
            .iter()
            .find(|(row, _)| std::ptr::eq(*row, *resource))?;
        let given = *why != Unknown::NotGiven;
        let not_made = not_made.iter();
        let of_row = not_made.filter(|(row, _)| std::ptr::eq(*row, *resource));
        let codes: Vec<&str> = of_row.map(|(_, code)| *code).collect();
        (given || *needed || !codes.is_empty()).then(|| Unread {
            object: resource.object(),
            why: why.to_string(),
            permission: matches!(why, Unknown::Forbidden(_)).then(|| resource.permission()),
            tells,
            needed: given && *needed,
            codes,
        })
    };
    ROWS.iter().filter_map(unread).collect()
}
