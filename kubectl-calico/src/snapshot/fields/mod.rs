//! What is kept of each kind: the fields that facts, checks and plans read, and nothing else. Snapshots
//! are shared with others, and environments, arguments, annotations and ConfigMaps can contain
//! credentials.
//!
//! docs/snapshot.md lists all of them.

pub(super) mod calico;
pub(super) mod ipam;
pub(super) mod kubernetes;
pub(super) mod operator;
pub(super) mod pod_messages;
pub(super) mod workloads;

use super::trim::keep::Fields;
use super::trim::keep::Keep::{self, Fields as Object, Message, Value};

const NAME: (&str, Keep) = ("name", Value);
const NAMESPACE: (&str, Keep) = ("namespace", Value);
const DELETION: (&str, Keep) = ("deletionTimestamp", Value);

/// `metadata` of an object whose name alone is read.
const NAMED: (&str, Keep) = ("metadata", Object(&[NAME]));

const CONDITION: Fields = &[
    ("type", Value),
    ("status", Value),
    ("reason", Value),
    ("message", Message),
];

/// The labels and annotations that install tools leave on objects.
const INSTALLER_LABELS: Keep = Object(&[
    ("addonmanager.kubernetes.io/mode", Value),
    ("argocd.argoproj.io/instance", Value),
    ("helm.toolkit.fluxcd.io/name", Value),
    ("k8s-app", Value),
    ("kubernetes.azure.com/managedby", Value),
    ("kustomize.toolkit.fluxcd.io/name", Value),
]);

const INSTALLER_ANNOTATIONS: Keep = Object(&[
    ("argocd.argoproj.io/tracking-id", Value),
    ("meta.helm.sh/release-name", Value),
    ("meta.helm.sh/release-namespace", Value),
]);
