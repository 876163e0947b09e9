//! Messages about the Installation.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/installation.

use super::commands::{
    create_services_endpoint, edit_api_server, edit_installation, remove_provider,
};
use super::known_cause::KnownCause;
use crate::assess::checks::installation_rules::RULE_BROKEN;

/// The operator needs an address of the API server that is not a Service's.
const NO_ENDPOINT: KnownCause = KnownCause {
    fix: "set it in the operator's namespace: replace HOST with the address of the Kubernetes API \
          server, or of its load balancer, outside the cluster's Service CIDR",
    paste: create_services_endpoint,
    ..KnownCause::USUAL
};

/// The Installation has an invalid value, which the message names.
pub(super) const REJECTED: KnownCause = KnownCause {
    fix: "correct the Installation as the message says",
    in_installation: true,
    explained_by: &[&RULE_BROKEN],
    paste: edit_installation,
    ..KnownCause::USUAL
};

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["does not match auto-detected value"],
        means: "kubernetesProvider in the Installation differs from the provider that the \
                operator detects",
        fix: "remove kubernetesProvider, so that the operator uses the detected one",
        in_installation: true,
        paste: remove_provider,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["does not have all required information for calico windows"],
        written_by: (32, None),
        means: "the ConfigMap kubernetes-services-endpoint, which Calico for Windows requires, is \
                missing",
        ..NO_ENDPOINT
    },
    KnownCause {
        texts: &["error reading services endpoint configmap"],
        means: "the ConfigMap kubernetes-services-endpoint is missing or cannot be read",
        ..NO_ENDPOINT
    },
    KnownCause {
        texts: &["bpfnetworkbootstrap is enabled but the requirements are not met"],
        written_by: (40, None),
        means: "the operator cannot configure eBPF by itself in this cluster",
        fix: "remove bpfNetworkBootstrap, and create the ConfigMap kubernetes-services-endpoint \
              with the address of the Kubernetes API server",
        in_installation: true,
        paste: edit_installation,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["invalid installation provided"],
        means: "the operator rejects the Installation",
        ..REJECTED
    },
    KnownCause {
        texts: &["invalid computed config"],
        means: "the operator rejects the Installation with its defaults filled in",
        ..REJECTED
    },
    KnownCause {
        texts: &["missing tigera secure custom resource definitions"],
        means: "the Installation requests Calico Enterprise from an operator of Calico",
        fix: "set spec.variant to Calico",
        in_installation: true,
        paste: edit_installation,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["apiserver is invalid"],
        means: "the operator rejects the APIServer",
        fix: "correct the APIServer as the message says",
        paste: edit_api_server,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["mutatingadmissionpolicy"],
        written_by: (42, None),
        means: "the Kubernetes API server does not serve MutatingAdmissionPolicy, with which \
                Calico 3.32 fills in defaults of policies",
        fix: "upgrade Kubernetes, or enable the feature gate MutatingAdmissionPolicy and its API \
              on the API server; networks are not affected",
        ..KnownCause::USUAL
    },
];
