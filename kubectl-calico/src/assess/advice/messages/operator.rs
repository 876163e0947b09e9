//! Messages of the operator and of Calico's API server.

use super::commands::{active_operator, definitions, installation, kube_proxy, nodes, webhooks};
use super::known_message::KnownMessage;
use crate::assess::checks::crds::KINDS_NOT_SERVED;
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["inactive operator: waiting"],
        means: "this operator is inactive: the ConfigMap calico-system/active-operator names that of another \
         namespace",
        fix: "compare the namespace in the ConfigMap with those of the operators. If one runs there, delete the Deployment \
         of the other; do not run helm uninstall, which deletes the Installation and with it Calico. If none runs \
         there, delete the ConfigMap",
        paste: active_operator,
        source: "tigera/operator v1.42.3, pkg/active/active.go; tigera/operator#4012",
        examples: &[
            "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"logger\":\"setup\",\"msg\":\"Inactive operator: \
         waiting\",\"active-namespace\":\"calico-operator\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no matches for kind"],
        means: "a CustomResourceDefinition that the operator needs is missing",
        fix: "apply the CRDs of its release: helm upgrade does not do it",
        paste: definitions,
        explained_by: &[&KINDS_NOT_SERVED],
        source: "tigera/operator v1.38.13, cmd/main.go; projectcalico/calico#9432",
        examples: &[
            "{\"level\":\"error\",\"ts\":\"2026-01-01T00:00:00Z\",\"logger\":\"controller-runtime.source.Kind\",\"msg\":\"if \
         kind is a CRD, it should be installed before calling Start\",\"error\":\"no \
         matches for kind \\\"Tier\\\" in version \\\"crd.projectcalico.org/v1\\\"\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["timed out waiting for cache to be synced"],
        means: "the operator cannot list a kind that it watches",
        fix: "apply the CRDs and the ClusterRole of its release: the line names the \
         kind",
        paste: definitions,
        explained_by: &[&KINDS_NOT_SERVED],
        source: "kubernetes-sigs/controller-runtime v0.19.0, pkg/internal/source/kind.go",
        examples: &[
            "{\"level\":\"error\",\"msg\":\"problem running manager\",\"error\":\"failed to \
         wait for tigera-installation-controller caches to sync: timed out waiting for \
         cache to be synced for Kind *v1.Installation\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed calling webhook"],
        means: "an admission webhook rejects the request, or does not respond",
        fix: "get the backend of the webhook running, or exempt the namespaces of Calico and \
         its operator from it",
        paste: webhooks,
        source: "kubernetes v1.34, staging/src/k8s.io/apiserver/pkg/util/webhook/error.go",
        examples: &["{\"level\":\"error\",\"msg\":\"Failed to create or update \
         object\",\"error\":\"Internal error occurred: failed calling webhook \
         \\\"validate.kyverno.svc-fail\\\": failed to call webhook: Post \
         \\\"https://kyverno-svc.kyverno.svc:443/validate\\\": dial tcp 10.96.12.1:443: \
         connect: connection refused\"}"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["admission webhook", "denied the request"],
        means: "an admission webhook rejects the request",
        fix: "change the policy of the webhook that the line names, or exempt the namespaces \
         of Calico and its operator from it",
        paste: webhooks,
        source: "kubernetes v1.34, \
         staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go",
        examples: &["{\"level\":\"error\",\"msg\":\"Failed to create or update \
         object\",\"error\":\"admission webhook \\\"validation.gatekeeper.sh\\\" denied \
         the request: privileged containers are not allowed\"}"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["operator must not be run within a namespace managed by the operator"],
        means: "the operator runs in a namespace that it manages itself",
        fix: "delete the operator's Deployment, and apply the operator's manifest or chart of the same release in the \
              namespace tigera-operator",
        source: "tigera/operator v1.38.13, cmd/main.go",
        examples: &[
            "Operator must not be run within a Namespace managed by the operator, please \
         select a different namespace",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["is not within the platform's configured pod network cidr"],
        means: "a pool of the Installation is outside the cluster's pod CIDR",
        fix: "use a CIDR within the pod CIDR in the Installation, or correct the podSubnet",
        paste: installation,
        explained_by: &[&POOL_OUTSIDE_POD_NETWORK],
        source: "tigera/operator v1.30.11, pkg/controller/installation/core_controller.go; \
         tigera/operator#1512",
        examples: &[
            "{\"level\":\"error\",\"msg\":\"Error querying installation\",\"error\":\"IPPool \
         192.168.0.0/16 is not within the platform's configured pod network CIDR(s) \
         [10.244.0.0/16]\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["auto discovery of provider failed"],
        is_general: true,
        means: "the operator cannot query the API server about the cluster",
        fix: "read the error of the line: usually the operator cannot reach the API server",
        paste: kube_proxy,
        source: "tigera/operator v1.38.13, cmd/main.go",
        examples: &[
            "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"Auto discovery of Provider \
         failed\",\"error\":\"the server is currently unable to handle the request\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["leader election lost"],
        means: "the operator lost its lease: the API server was too slow or unreachable",
        fix: "check that the API server and its etcd are not overloaded; the operator starts \
         again by itself",
        paste: nodes,
        source: "kubernetes-sigs/controller-runtime v0.19.0, pkg/manager/internal.go",
        examples: &[
            "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"problem running \
         manager\",\"error\":\"leader election lost\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to ensure crds are created"],
        means: "the operator cannot write its CustomResourceDefinitions",
        fix: "apply the CRDs yourself: the operator may lack the permission, or another \
         owner of their fields is in the way",
        paste: definitions,
        source: "tigera/operator v1.38.13, cmd/main.go",
        examples: &[
            "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"Failed to ensure CRDs are \
         created\",\"error\":\"failed to create CustomResourceDefinition\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[":5443: bind: address already in use"],
        means: "another program on the node listens on the port of Calico's API server, TCP 5443",
        fix: "stop the other program on the node, or run the API server without hostNetwork",
        source: "projectcalico/calico v3.30.7, apiserver/cmd/apiserver/server",
        examples: &[
            "error creating server: failed to create listener: failed to listen on \
         0.0.0.0:5443: listen tcp 0.0.0.0:5443: bind: address already in use",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["x509: subject with", "is not in the allowed list"],
        means: "Calico's API server rejects the certificate with which that of Kubernetes calls it",
        fix: "add the name in the line (cn) to --requestheader-allowed-names of kube-apiserver, or leave that flag empty",
        source: "kubernetes v1.34, staging/src/k8s.io/apiserver/pkg/authentication/request/x509/x509.go; \
         projectcalico/calico#8228",
        examples: &[
            "E1116 01:33:26.000000 1 authentication.go:70] \"Unable to authenticate the request\" err=\"x509: subject with \
         cn=front-proxy-client is not in the allowed list\"",
        ],
        ..KnownMessage::USUAL
    },
];
