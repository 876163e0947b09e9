//! Messages of the API server about pods that it does not create, as conditions of Deployments and events of
//! DaemonSets quote them.

use super::commands::{privileged, provider_or_quota, quotas, service_accounts};
use super::known_message::KnownMessage;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["violates podsecurity"],
        means: "Pod Security forbids the pod in its namespace",
        fix: "allow privileged pods in the namespace",
        paste: privileged,
        source: "Kubernetes documentation, Pod Security Admission; siderolabs/talos#6902",
        examples: &[
            "Error creating: pods \"calico-node-x7\" is forbidden: violates PodSecurity \
         \"baseline:latest\": host namespaces (hostNetwork=true)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["insufficient quota to match these scopes"],
        means: "the cluster, like GKE, allows the priority classes of Calico's pods only in namespaces that \
                have a ResourceQuota for them",
        fix: "with the operator on GKE, set kubernetesProvider of the Installation to GKE: it then creates the quota \
              calico-critical-pods. Elsewhere, create a ResourceQuota in the namespace, with a scopeSelector for the \
              PriorityClass that the message names",
        paste: provider_or_quota,
        source: "Kubernetes documentation, Resource Quotas (Limit Priority Class consumption by default); tigera/operator \
                 v1.42.3, pkg/controller/installation/core_controller.go",
        examples: &[
            "insufficient quota to match these scopes: [{PriorityClass In [system-node-critical \
             system-cluster-critical]}]",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["is forbidden: exceeded quota"],
        means: "a ResourceQuota of the namespace leaves no room for the pod",
        fix: "raise the ResourceQuota that the message names, or delete it",
        paste: quotas,
        source: "kubernetes v1.34, staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go",
        examples: &[
            "pods \"calico-typha-7d9c5f4b6-\" is forbidden: exceeded quota: compute, requested: pods=1, used: \
             pods=10, limited: pods=10",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["is forbidden: failed quota"],
        means: "a ResourceQuota of the namespace requires limits that the pod does not have",
        fix: "delete the ResourceQuota that the message names, or give the containers these limits",
        paste: quotas,
        source: "kubernetes v1.34, staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go",
        examples: &[
            "pods \"calico-node-\" is forbidden: failed quota: compute: must specify limits.cpu for: calico-node",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["error looking up service account"],
        means: "the ServiceAccount of the pod is missing",
        fix: "apply the whole manifest of the release; with the operator, find out why it does not create it",
        paste: service_accounts,
        source: "kubernetes v1.34, plugin/pkg/admission/serviceaccount/admission.go",
        examples: &[
            "pods \"calico-node-\" is forbidden: error looking up service account kube-system/calico-node: \
             serviceaccount \"calico-node\" not found",
        ],
        ..KnownMessage::USUAL
    },
];
