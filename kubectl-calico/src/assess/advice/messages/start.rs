//! Messages of calico-node while it starts: addresses, pools, the datastore.

use super::commands::{node_addresses, pods_like, pools};
use super::known_message::KnownMessage;
use crate::assess::checks::address_detection::NO_ADDRESS_OF_FAMILY;
use crate::assess::checks::node_addresses::WRONG_ADDRESS;
use crate::assess::checks::nodes_without_address::NO_ADDRESS;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["autodetect an ipv4 address"],
        is_general: true,
        means: "calico-node finds no IPv4 address of the node",
        fix: "choose an autodetection method that fits the node, such as \
         kubernetes-internal-ip",
        paste: node_addresses,
        explained_by: &[&NO_ADDRESS, &NO_ADDRESS_OF_FAMILY],
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 192: Unable to set node \
         resource configuration error=Failed to autodetect an IPv4 address",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["autodetect an ipv6 address"],
        means: "calico-node finds no IPv6 address of the node",
        fix: "give the node a global IPv6 address, or turn IPv6 off in Calico (IP6=none)",
        paste: node_addresses,
        explained_by: &[&NO_ADDRESS, &NO_ADDRESS_OF_FAMILY],
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 192: Unable to set node \
         resource configuration error=Failed to autodetect an IPv6 address",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to auto-detect an ipv4 address: no valid ipv4 addresses found"],
        means: "autodetection (first-found) finds no usable address: it skips loopback and the \
            bridges of containers",
        fix: "choose a method that finds the node's address: kubernetes-internal-ip, or the interface or CIDR of the \
         network between the nodes",
        paste: node_addresses,
        explained_by: &[&NO_ADDRESS_OF_FAMILY],
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go, filtered.go; \
         canonical/microk8s#2078",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/autodetection_methods.go 99: Unable to auto-detect an IPv4 \
         address: no valid IPv4 addresses found on the host interfaces",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to auto-detect an ipv4 address while excluding"],
        means: "autodetection excludes every interface of the node that has an address",
        fix: "correct the pattern of skip-interface: it is a regular expression, and must leave an interface on every \
         node",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/autodetection_methods.go 157: Unable to auto-detect an IPv4 \
         address while excluding [e.*]: no valid IPv4 addresses found on the host interfaces",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to auto-detect an ipv4 address using interface regexes"],
        means: "no interface of the node matches the pattern that autodetection looks for",
        fix: "correct the interface in the autodetection method: it is a regular \
         expression, and must match on every node",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/autodetection_methods.go 113: \
         Unable to auto-detect an IPv4 address using interface regexes [eth.*]: no valid \
         IPv4 addresses found on the host interfaces",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to auto-detect an ipv4 address using interface cidr"],
        means: "no address of the node is in the CIDRs that autodetection looks for",
        fix: "correct the CIDRs in the autodetection method: every node must have an \
         address in one of them",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/autodetection_methods.go 127: \
         Unable to auto-detect an IPv4 address using interface cidr [10.0.0.0/16]: no \
         valid IPv4 addresses found on the host interfaces",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "unable to auto-detect ipv4 address by connecting to",
            "no suitable address found",
        ],
        means: "autodetection looks for an IPv4 address, and the destination of can-reach has none",
        fix: "set the destination of can-reach to an IPv4 address that every node reaches",
        paste: node_addresses,
        explained_by: &[&NO_ADDRESS_OF_FAMILY],
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go; Go, net (errNoSuitableAddress); \
         canonical/microk8s#3804",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/autodetection_methods.go 140: \
         Unable to auto-detect IPv4 address by connecting to 2001:db8::1: dial udp4: address 2001:db8::1: no \
         suitable address found",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to auto-detect ipv4 address by connecting to"],
        without: &["no suitable address found"],
        means: "the node has no route to the destination that autodetection uses",
        fix: "set the destination of can-reach to an address, not a name, that every node \
         reaches",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/autodetection_methods.go 140: \
         Unable to auto-detect IPv4 address by connecting to www.google.com: dial udp4: \
         lookup www.google.com: i/o timeout",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["invalid ip autodetection method"],
        means: "the autodetection method is misspelled",
        fix: "correct IP_AUTODETECTION_METHOD: first-found, kubernetes-internal-ip, \
         can-reach=, interface=, skip-interface= or cidr=",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, \
         node/pkg/lifecycle/startup/autodetection/autodetection_methods.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/autodetection_methods.go 87: Invalid \
         IP autodetection method: interfaces=eth0",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["is already using the ipv4 address"],
        means: "two nodes have recorded the same IPv4 address",
        fix: "have Calico detect an address that differs on each node: choose the interface or \
         the CIDR of the network between the nodes",
        paste: node_addresses,
        explained_by: &[&WRONG_ADDRESS],
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go; \
         projectcalico/calico#729",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/startup.go 1046: Calico node \
         'node-1' is already using the IPv4 address 10.0.2.15.",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["ipv4 address conflict"],
        is_general: true,
        means: "two nodes have recorded the same IPv4 address",
        fix: "have Calico detect an address that differs on each node: choose the interface or \
         the CIDR of the network between the nodes",
        paste: node_addresses,
        explained_by: &[&WRONG_ADDRESS],
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 192: Unable to set node \
         resource configuration error=IPv4 address conflict",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no ipv4 or ipv6 addresses configured or detected"],
        means: "calico-node has neither an IPv4 nor an IPv6 address",
        fix: "set IP to autodetect for IPv4, or IP6 for IPv6",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 281: No IPv4 or IPv6 \
         addresses configured or detected, required for Calico networking",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["connection to the datastore is unauthorized"],
        means: "the API server rejects the token of calico-node",
        fix: "delete these pods, so that the kubelet gives them new tokens; if it persists, the \
         ServiceAccount calico-node was deleted or its signing key changed",
        paste: pods_like,
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][9] startup/startup.go 454: Connection to the \
         datastore is unauthorized error=connection is unauthorized: Unauthorized",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["invalid cidr specified in calico_ipv4pool_cidr"],
        means: "CALICO_IPV4POOL_CIDR of calico-node is not a CIDR",
        fix: "correct the variable in the DaemonSet",
        paste: pools,
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 838: Invalid CIDR \
         specified in CALICO_IPV4POOL_CIDR '10.244.0.0'",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no_default_pools defined and"],
        means: "calico-node is configured both to create no pool and to create a certain pool",
        fix: "remove NO_DEFAULT_POOLS, or CALICO_IPV4POOL_CIDR and CALICO_IPV6POOL_CIDR, from \
         the DaemonSet",
        paste: pools,
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 749: Invalid configuration \
         with NO_DEFAULT_POOLS defined and CALICO_IPV4POOL_CIDR or CALICO_IPV6POOL_CIDR \
         defined.",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to create default ipv4 ip pool"],
        means: "calico-node cannot create its pool",
        fix: "correct CALICO_IPV4POOL_CIDR as the line says: usually the pool overlaps an \
         existing one",
        paste: pools,
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 970: Failed to create \
         default IPv4 IP pool: 10.244.0.0/16 error=error with field IPPool.Spec.CIDR",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["resource does not exist: node("],
        means: "no Node has the name that calico-node uses",
        fix: "set NODENAME from the field spec.nodeName in the DaemonSet; if the machine was renamed, delete \
              /var/lib/calico/nodename there",
        paste: node_addresses,
        source: "projectcalico/calico v3.30.7, node/pkg/lifecycle/startup/startup.go, \
                 libcalico-go/lib/errors/errors.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][9] startup/startup.go 349: Failed to read Node from \
                     datastore error=resource does not exist: Node(worker-1.local) with error: nodes \
                     \"worker-1.local\" not found",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["pod cidr not assigned"],
        means: "the node has no podCIDR, from which flannel takes its addresses",
        fix: "give kube-controller-manager --allocate-node-cidrs=true and --cluster-cidr: with kubeadm, set \
              podSubnet",
        paste: node_addresses,
        source: "flannel-io/flannel v0.25, pkg/subnet/kube/kube.go",
        examples: &[
            "E0101 00:00:00.000000 1 main.go:332] Error registering network: failed to acquire lease: \
                     node \"node-1\" pod cidr not assigned",
        ],
        ..KnownMessage::USUAL
    },
];
