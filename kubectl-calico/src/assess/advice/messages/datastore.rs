//! Messages about the API server and Calico's datastore, in any container.

use super::commands::{definitions, kube_proxy, nodes, pods_like, unlock};
use super::connection::{CLOSED, GIVEN_UP, NOT_ESTABLISHED, REFUSED, TOO_LATE};
use super::known_message::KnownMessage;
use super::server::Server;
use super::service_path;
use crate::assess::checks::crds::KINDS_NOT_SERVED;
use crate::assess::checks::datastore::DATASTORE_LOCKED;
use crate::assess::checks::ebpf::NO_API_ADDRESS;
use crate::assess::checks::kube_proxy::PROXY_NOT_READY;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        any: &[NOT_ESTABLISHED],
        to: &[Server::Service],
        means: "the API server cannot be reached through its Service",
        fix: service_path::FIX,
        remedy: Some(service_path::repaired),
        explained_by: &[&NO_API_ADDRESS, &PROXY_NOT_READY],
        source: "projectcalico/calico#2812, #2720, #11509",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][1] cni-installer/install.go 472: Get \
         \"https://10.96.0.1:443/api/v1/nodes/foo\": dial tcp 10.96.0.1:443: i/o timeout",
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 158: failed to query kubeadm's config map \
         error=Get \"https://10.96.0.1:443/api/v1/namespaces/kube-system/configmaps/kubeadm-config?timeout=2s\": \
         net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["connect: connection refused"],
        to: &[Server::Service],
        means: "nothing answers at the Service address of the API server",
        fix: service_path::FIX,
        remedy: Some(service_path::repaired),
        explained_by: &[&NO_API_ADDRESS, &PROXY_NOT_READY],
        source: "projectcalico/calico#8929",
        examples: &["E1202 1 main.go:284] Received bad status code error=Get \
         \"https://10.96.0.1:443/healthz\": dial tcp 10.96.0.1:443: connect: connection \
         refused"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["connect: no route to host"],
        to: &[Server::Service],
        means: "the Service address of the API server is unreachable from the node",
        fix: "get kube-proxy running on the node, if it is not; then look for a firewall that rejects forwarded \
         packets, as images of Oracle Linux and CentOS have",
        paste: kube_proxy,
        explained_by: &[&NO_API_ADDRESS, &PROXY_NOT_READY],
        source: "projectcalico/calico#6208",
        examples: &[
            "Failed to start error=Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: \
         connect: no route to host",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["connect: network is unreachable"],
        to: &[Server::Service],
        means: "the node has no default route, or none for this family",
        fix: "give the node a default route: packets to Service addresses are routed before \
         kube-proxy rewrites them",
        paste: nodes,
        source: "kubernetes/kubeadm documentation, Troubleshooting kubeadm",
        examples: &[
            "Failed to start error=Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: \
         connect: network is unreachable",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        any: &[REFUSED, NOT_ESTABLISHED],
        to: &[Server::Api],
        means: "the API server cannot be reached at the address that Calico uses",
        fix: "check that it is the address of the API server (if it is not that of its Service, Calico reads \
         it from KUBERNETES_SERVICE_HOST in kubernetes-services-endpoint), and that no firewall blocks the \
         nodes from reaching it",
        paste: nodes,
        explained_by: &[&PROXY_NOT_READY],
        source: "projectcalico/calico documentation, eBPF",
        examples: &[
            "Get \"https://192.168.100.11:6443/version\": dial tcp 192.168.100.11:6443: \
         connect: connection refused",
            "Get \"https://192.168.100.11:6443/version\": dial tcp 192.168.100.11:6443: i/o timeout",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        // "request canceled while waiting for connection (Client.Timeout exceeded" is of a connection that is not
        // established.
        any: &[TOO_LATE, &["request canceled (client.timeout exceeded"]],
        to: &[Server::Service, Server::Api],
        without: &["i/o timeout"],
        means: "the API server does not answer in time",
        fix: "check that the API server and its etcd are not overloaded, and that packets to \
         it are not dropped: an MTU that is too large looks like this",
        paste: nodes,
        explained_by: &[&NO_API_ADDRESS, &PROXY_NOT_READY],
        source: "projectcalico/calico v3.30.7, kube-controllers/cmd/kube-controllers/main.go; \
         projectcalico/calico#9522",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][1] kube-controllers/main.go 262: Failed to \
         verify datastore error=Get \
         \"https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default\": \
         context deadline exceeded",
            "2026-01-01 00:00:00.000 [INFO][9] startup/startup.go 425: Hit error connecting to datastore - retry \
         error=Get \"https://10.96.0.1:443/api/v1/nodes/foo\": net/http: TLS handshake timeout",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        any: &[CLOSED],
        to: &[Server::Service, Server::Api],
        is_general: true,
        means: "connections to the API server are closed unexpectedly",
        fix: "check whether the API server is restarting, and what is between it and the node: a load \
         balancer, a proxy or a firewall may close connections",
        paste: nodes,
        explained_by: &[&PROXY_NOT_READY],
        source: "Go 1.23, net/http/transport.go; Linux, errno ECONNRESET",
        examples: &[
            "2026-01-01 00:00:00.000 [INFO][9] startup/startup.go 425: Hit error connecting to datastore - retry \
         error=Get \"https://10.96.0.1:443/api/v1/nodes/foo\": EOF",
            "2026-01-01 00:00:00.000 [INFO][9] startup/startup.go 425: Hit error connecting to datastore - retry \
         error=Get \"https://10.96.0.1:443/api/v1/nodes/foo\": read tcp 10.0.0.5:41234->10.96.0.1:443: read: \
         connection reset by peer",
        ],
        ..KnownMessage::USUAL
    },
    // Typha and etcd have messages of their own.
    KnownMessage {
        any: &[REFUSED, NOT_ESTABLISHED, TOO_LATE, GIVEN_UP, CLOSED],
        to: &[Server::Other],
        without: &[":2379", ":5473"],
        is_general: true,
        means: "connections to a server other than the API server fail",
        fix: "let the pod's node connect to it: check the routes, firewalls and security groups on the way, and \
         whether a proxy is needed",
        paste: nodes,
        source: "Go 1.23, net/dial.go and net/http/transport.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/ec2.go 82: RequestError: send request failed error=Post \
         \"https://ec2.eu-west-1.amazonaws.com/\": dial tcp 192.0.2.10:443: i/o timeout",
            "Get \"https://10.96.0.1:443/api\": proxyconnect tcp: dial tcp 192.0.2.3:3128: connect: connection refused",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["dial tcp: lookup", "no such host"],
        without: &["webhook", "pull ", "/v2/"],
        means: "the name of a server cannot be resolved on the node",
        fix: "use an address, or a name that the DNS servers of the node know: cluster DNS \
         does not work before Calico does",
        paste: nodes,
        source: "projectcalico/calico#8929",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 141: Get \
         \"https://k8s-api.internal:6443/api\": dial tcp: lookup k8s-api.internal: no \
         such host",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["the server could not find the requested resource"],
        means: "a CustomResourceDefinition of Calico is missing",
        fix: "apply the CRDs of the release that runs: helm upgrade does not do it",
        paste: definitions,
        explained_by: &[&KINDS_NOT_SERVED],
        source: "projectcalico/calico#9432",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/watchercache.go 130: Failed to perform \
         list of current data during resync error=the server could not find the requested \
         resource (get tiers.crd.projectcalico.org)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["is forbidden: user \"system:serviceaccount:"],
        without: &["unable to create token"],
        means: "the ServiceAccount of the container lacks a permission",
        fix: "apply the ClusterRoles of the release that runs: they are older than its images, \
         or were changed",
        source: "kubernetes v1.34, \
         staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go",
        examples: &[
            "E0101 00:00:00.000000 1 reflector.go:158] failed to list *v1.Tier: \
         tiers.crd.projectcalico.org is forbidden: User \
         \"system:serviceaccount:kube-system:calico-node\" cannot list resource \"tiers\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["dial tcp", ":2379: "],
        means: "the container cannot reach etcd",
        fix: "check etcd_endpoints of the ConfigMap calico-config, and that TCP 2379 of the \
         etcd members is open to the nodes",
        source: "projectcalico/calico#9522",
        examples: &[
            "{\"level\":\"warn\",\"msg\":\"retrying of unary invoker failed\",\"error\":\"rpc \
         error: code = DeadlineExceeded desc = latest balancer error: connection error: \
         desc = transport: Error while dialing dial tcp 10.0.0.2:2379: connect: \
         connection refused\"}",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["waiting for datastore to be initialized"],
        is_general: true,
        means: "Calico's datastore is locked, or not initialized",
        fix: "unlock it, if a migration locked it; it is initialized by calico-node or the \
         operator otherwise",
        paste: unlock,
        explained_by: &[&DATASTORE_LOCKED],
        source: "projectcalico/calico v3.30.7, felix/daemon/daemon.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/daemon.go 228: Waiting for datastore \
         to be initialized (or migrated)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["x509: certificate has expired or is not yet valid"],
        means: "a certificate has expired, or the clock of a node is wrong",
        fix: "compare the clock of the node with the dates in the line: renew the certificate, \
         or correct the clock",
        paste: nodes,
        source: "Go 1.23, crypto/x509/verify.go",
        examples: &[
            "Get \"https://10.96.0.1:443/version\": tls: failed to verify certificate: x509: \
         certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z \
         is after 2025-12-01T00:00:00Z",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["x509: certificate signed by unknown authority"],
        without: &["pull image", "webhook", "error getting clusterinformation"],
        means: "the certificate of the server is signed by a different authority than the one that \
         the client knows",
        fix: "restart the pod, so that it reads the current certificate authority; for Typha, \
         delete the Secrets typha-certs and node-certs, which the operator renews",
        source: "Go 1.23, crypto/x509/verify.go",
        examples: &[
            "Get \"https://10.96.0.1:443/version\": tls: failed to verify certificate: x509: \
         certificate signed by unknown authority",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["x509: certificate is valid for", ", not"],
        means: "the certificate of the API server does not cover the address that is used",
        fix: "add the address to the certificate (kubeadm: apiServer.certSANs), or use one \
         that it has",
        source: "Go 1.23, crypto/x509/verify.go",
        examples: &[
            "Get \"https://10.96.0.1:443/version\": tls: failed to verify certificate: x509: \
         certificate is valid for 10.43.0.1, 192.168.100.11, not 10.96.0.1",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to initialize calico datastore"],
        is_general: true,
        means: "calico-kube-controllers cannot reach Calico's datastore",
        fix: "read the preceding lines of its log: usually it cannot reach the API server through \
         its Service",
        paste: kube_proxy,
        explained_by: &[&NO_API_ADDRESS],
        source: "projectcalico/calico v3.30.7, kube-controllers/cmd/kube-controllers/main.go",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][1] kube-controllers/main.go 139: Failed to \
         initialize Calico datastore",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["the server has asked for the client to provide credentials"],
        means: "the API server rejects the token of the container",
        fix: "delete these pods, so that the kubelet gives them new tokens; if it persists, the API server's keys \
              for service accounts were changed",
        paste: pods_like,
        source: "kubernetes v1.34, staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go",
        examples: &[
            "E0101 00:00:00.000000 1 reflector.go:158] failed to list *v1.Node: the server has asked \
                     for the client to provide credentials",
        ],
        ..KnownMessage::USUAL
    },
];
