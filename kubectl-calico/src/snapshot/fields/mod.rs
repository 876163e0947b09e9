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
use super::trim::keep::Keep::{self, Document, Fields as Object, Message, Value};

const NAME: (&str, Keep) = ("name", Value);
const NAMESPACE: (&str, Keep) = ("namespace", Value);
const DELETION: (&str, Keep) = ("deletionTimestamp", Value);

/// The manifest that `kubectl apply` applied last. What the next one leaves out of it is removed.
/// Source: kubernetes v1.34, staging/src/k8s.io/api/core/v1/annotation_key_constants.go.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

const APPLIED: (&str, Keep) = (LAST_APPLIED, Keep::SameObject);

/// Where Calico's API server keeps the labels and annotations of what it stores.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/backend/k8s/resources/resources.go.
pub const STORED_METADATA: &str = "projectcalico.org/metadata";

/// `metadata` of one of Calico's objects that people configure, of which only the name is read otherwise.
const CONFIGURED: (&str, Keep) = (
    "metadata",
    Object(&[NAME, ("annotations", CONFIGURED_ANNOTATIONS)]),
);

const CONFIGURED_ANNOTATIONS: Keep = Object(&[
    APPLIED,
    (
        STORED_METADATA,
        Document(&[("annotations", Object(&[APPLIED]))]),
    ),
]);

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
    ("helm.toolkit.fluxcd.io/namespace", Value),
    ("k8s-app", Value),
    ("kubernetes.azure.com/managedby", Value),
    ("kustomize.toolkit.fluxcd.io/name", Value),
    ("kustomize.toolkit.fluxcd.io/namespace", Value),
]);

const INSTALLER_ANNOTATIONS: Keep = Object(&[
    ("argocd.argoproj.io/tracking-id", Value),
    APPLIED,
    ("meta.helm.sh/release-name", Value),
    ("meta.helm.sh/release-namespace", Value),
]);
