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
    Object(&[NAME, LABELS, STORED_ANNOTATIONS, MANAGERS]),
);

/// The names of the programs that have set fields, by which Terraform and Pulumi are known.
const MANAGERS: (&str, Keep) = ("managedFields", Object(&[("manager", Value)]));

/// `metadata` of an object whose name alone is read.
const NAMED: (&str, Keep) = ("metadata", Object(&[NAME]));

const CONDITION: Fields = &[
    ("type", Value),
    ("status", Value),
    ("reason", Value),
    ("message", Message),
];

/// The labels that tools leave on the objects that they install.
const LABELS: (&str, Keep) = (
    "labels",
    Object(&[
        ("addon.kops.k8s.io/name", Value),
        ("addonmanager.kubernetes.io/mode", Value),
        ("app.kubernetes.io/managed-by", Value),
        ("argocd.argoproj.io/instance", Value),
        ("gardener.cloud/role", Value),
        ("helm.toolkit.fluxcd.io/name", Value),
        ("helm.toolkit.fluxcd.io/namespace", Value),
        ("k0s.k0sproject.io/stack", Value),
        ("k8s-app", Value),
        ("kapp.k14s.io/app", Value),
        ("kubeone.io/addon", Value),
        ("kubernetes.azure.com/managedby", Value),
        ("kustomize.toolkit.fluxcd.io/name", Value),
        ("kustomize.toolkit.fluxcd.io/namespace", Value),
        ("projectsveltos.io/reference-kind", Value),
        ("resources.gardener.cloud/managed-by", Value),
    ]),
);

/// The annotations that they leave, and others.
macro_rules! annotations {
    ($($other:expr),*) => {
        (
            "annotations",
            Object(&[
                ("argocd.argoproj.io/tracking-id", Value),
                ("configmanagement.gke.io/managed", Value),
                APPLIED,
                ("meta.helm.sh/release-name", Value),
                ("meta.helm.sh/release-namespace", Value),
                ("objectset.rio.cattle.io/id", Value),
                ("objectset.rio.cattle.io/owner-gvk", Value),
                ("projectsveltos.io/owner-kind", Value),
                ("resources.gardener.cloud/origin", Value),
                $($other),*
            ]),
        )
    };
}

const ANNOTATIONS: (&str, Keep) = annotations!();

/// Those of Calico's own objects, with what its API server stores.
const STORED_ANNOTATIONS: (&str, Keep) =
    annotations!((STORED_METADATA, Document(&[LABELS, ANNOTATIONS])));
