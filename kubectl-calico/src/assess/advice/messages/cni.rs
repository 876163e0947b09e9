//! Messages of the CNI plugin and of IPAM.

use super::commands::{
    agents, calico_node_of, describe, ipam, nodes, pod_node, pools, strict_affinity, unlock,
};
use super::known_message::KnownMessage;
use crate::assess::checks::block_limit::BLOCK_LIMIT;
use crate::assess::checks::capacity::FEWER_BLOCKS_THAN_NODES;
use crate::assess::checks::cni_token::TOKEN_NOT_RENEWED;
use crate::assess::checks::datastore::DATASTORE_LOCKED;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::checks::node_selectors::POOLS_FOR_SOME_NODES;
use crate::assess::checks::pinned_pools::POOL_PINNED;
use crate::assess::checks::pod_cidrs::{POD_CIDR_MISSING, assigned_by};
use crate::assess::checks::usage::NEARLY_FULL;
use crate::repair::Step;

const TOKEN_EXPIRED: KnownMessage = KnownMessage {
    means: "the API server rejects the token of the CNI plugin, which has expired",
    fix: "restart calico-node on the pod's node: it writes a new token to \
          /etc/cni/net.d/calico-kubeconfig",
    paste: calico_node_of,
    explained_by: &[&TOKEN_NOT_RENEWED],
    ..KnownMessage::USUAL
};

const IPV6_OFF: KnownMessage = KnownMessage {
    means: "IPv6 is turned off on the node, and the pod gets an IPv6 address",
    fix: "turn IPv6 on (sysctl net.ipv6.conf.all.disable_ipv6=0 and \
          net.ipv6.conf.default.disable_ipv6=0), or give pods no IPv6 addresses",
    paste: pools,
    ..KnownMessage::USUAL
};

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["check that the calico/node container is running and has mounted /var/lib/calico"],
        is_general: true,
        means: "calico-node has not started on the node yet",
        fix: "get calico-node ready on the pod's node: it writes /var/lib/calico/nodename when it starts",
        paste: agents,
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/plugin/plugin.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): stat \
         /var/lib/calico/nodename: no such file or directory: check that the calico/node \
         container is running and has mounted /var/lib/calico/",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "error getting clusterinformation",
            "connection is unauthorized",
        ],
        without: &["is forbidden: user"],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/errors/errors.go; \
         projectcalico/calico#5712, #9215, #8379",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): error getting \
         ClusterInformation: connection is unauthorized: Unauthorized",
        ],
        ..TOKEN_EXPIRED
    },
    // A proxy that refuses to connect: the error is the text of its status. That of the API server is another one.
    KnownMessage {
        texts: &["error getting clusterinformation"],
        any: &[
            &["\": bad gateway"],
            &["\": forbidden"],
            &["\": gateway timeout"],
            &["\": proxy authentication required"],
            &["\": service unavailable"],
        ],
        means: "a proxy answers the CNI plugin in place of the API server",
        fix: "add the Service CIDR and the address of the API server to NO_PROXY of the container runtime on the pod's \
              node, whose environment the plugin has, and restart the runtime",
        paste: pod_node,
        source: "Go 1.23, net/http/transport.go (CONNECT); projectcalico/calico#9905",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"265b\": \
         plugin type=\"calico\" failed (add): error getting ClusterInformation: Get \
         \"https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default\": Service Unavailable",
        ],
        ..KnownMessage::USUAL
    },
    // The certificate authority in the plugin's kubeconfig, which install-cni writes.
    KnownMessage {
        texts: &[
            "error getting clusterinformation",
            "x509: certificate signed by unknown authority",
        ],
        means: "the kubeconfig of the CNI plugin on the node trusts the certificate authority of \
            another cluster, or an earlier one of this cluster",
        fix: "restart calico-node on the pod's node: it writes /etc/cni/net.d/calico-kubeconfig again. kubeadm \
            reset leaves /etc/cni/net.d: empty it before a node joins again",
        paste: calico_node_of,
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/install/install.go; \
         projectcalico/calico#6425",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): error getting \
         ClusterInformation: Get \
         \"https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default\": tls: \
         failed to verify certificate: x509: certificate signed by unknown authority",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "error getting clusterinformation",
            "resource does not exist: clusterinformation(default)",
        ],
        means: "Calico's datastore has no ClusterInformation",
        fix: "restart calico-node, which creates it when it starts; if it is missing because the \
            CRDs were deleted, the pools and policies are gone, too",
        paste: calico_node_of,
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/clientv3/client.go (EnsureInitialized)",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): error getting \
         ClusterInformation: resource does not exist: ClusterInformation(default) with error: \
         clusterinformations.crd.projectcalico.org \"default\" not found",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["strict affinity should not be false for windows node"],
        means: "IPAM assigns no addresses to pods on Windows nodes unless strict affinity is on",
        fix: "turn strict affinity on, which also applies to Linux nodes",
        paste: strict_affinity,
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go; Azure/AKS-Edge#43",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): global strict \
         affinity should not be false for Windows node",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["add", " to \"eth0\": permission denied"],
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/dataplane/linux/dataplane_linux.go; \
         containernetworking/cni#531",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): failed to add IP addr \
         to \"eth0\": permission denied",
            "NetworkPlugin cni failed to set up pod \"a_b\" network: failed to add IP addr {Version:6 \
         Interface:0xc42000e2a0 Address:{IP:fd00::5 Mask:ffff}} to \"eth0\": permission denied",
        ],
        ..IPV6_OFF
    },
    KnownMessage {
        texts: &["failed to get ipv6 addresses for host side of the veth pair"],
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/dataplane/linux/dataplane_linux.go",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): failed to get IPv6 addresses for \
         host side of the veth pair",
        ],
        ..IPV6_OFF
    },
    // A kernel that is started without IPv6 has none of these files.
    KnownMessage {
        texts: &["/proc/sys/net/ipv6/conf/", "no such file or directory"],
        means: "the node's kernel runs without IPv6, and the pod gets an IPv6 address",
        fix: "start the node without ipv6.disable=1 (cat /proc/cmdline on the node) and with the ipv6 module, or \
         give pods no IPv6 addresses",
        paste: pools,
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/dataplane/linux/dataplane_linux.go (disableDAD); \
         projectcalico/calico#10874",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): failed to disable DAD for eth0: open \
         /proc/sys/net/ipv6/conf/eth0/accept_dad: no such file or directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed (add)", "/proc/sys/net/", "read-only file system"],
        means: "the CNI plugin cannot set the pod's network parameters: /proc/sys is read-only on the node",
        fix: "make /proc/sys writable where the container runtime runs; if that is a container (kind, LXC, MicroK8s), \
         run it privileged",
        paste: pod_node,
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/dataplane/linux/dataplane_linux.go (writeProcSys)",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): failed to set \
         net.ipv4.conf.cali1.rp_filter=1: open /proc/sys/net/ipv4/conf/cali1/rp_filter: read-only file system",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to create host netlink handle"],
        means: "the CNI plugin cannot configure interfaces: the node's kernel gives it no netlink socket",
        fix: "read the end of the message: \"too many open files\" means a limit of the container runtime, \"not \
         permitted\" a security policy; for anything else, reboot the node",
        paste: pod_node,
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/dataplane/linux/dataplane_linux.go (DoNetworking)",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): failed to create host netlink \
         handle: operation not permitted",
        ],
        ..KnownMessage::USUAL
    },
    // Neither name is taken unless a pod that is gone has left it: the plugin deletes the one of this pod.
    KnownMessage {
        texts: &["plugin type=\"calico\" failed (add): file exists"],
        means: "a leftover interface of a deleted pod is in the way",
        fix: "delete the pod: the new one has an interface of another name; if that fails, too, drain and reboot \
         the node",
        paste: pod_node,
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/dataplane/linux/dataplane_linux.go \
         (DoWorkloadNetnsSetUp)",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \
         \"3f0c\": plugin type=\"calico\" failed (add): file exists",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed with no error message: signal: killed"],
        means: "the container runtime killed the CNI plugin before it had finished",
        fix: "find out why the plugin is slow: usually the node or the API server is overloaded, or \
         packets to the API server are lost; the last lines of /var/log/calico/cni/cni.log on the node \
         show what it was waiting for",
        paste: describe,
        source: "containernetworking/cni v1.2.3, pkg/invoke/raw_exec.go; projectcalico/calico#7647",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): netplugin failed with \
         no error message: signal: killed",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["plugin type=\"calico\"", "failed (add): unauthorized"],
        source: "easzlab/kubeasz#1332",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): Unauthorized",
        ],
        ..TOKEN_EXPIRED
    },
    KnownMessage {
        texts: &["calico is currently not ready to process requests"],
        means: "Calico's datastore is locked",
        fix: "end the migration that locked the datastore, or unlock it",
        paste: unlock,
        explained_by: &[&DATASTORE_LOCKED],
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/plugin/plugin.go; \
         rancher/rancher#23788",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): Calico is \
         currently not ready to process requests",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["the given pool (", "does not exist, or is not enabled"],
        means: "the CNI configuration, or an annotation, names a pool that is disabled or gone",
        fix: "enable the pool, or name another one: in ipv4_pools or ipv6_pools of the CNI \
         configuration on the nodes, or in the annotation cni.projectcalico.org/ipv4pools of the \
         pod or its namespace",
        paste: pools,
        explained_by: &[&POOL_PINNED],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go; \
         kubernetes-sigs/kubespray#8879",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): error getting IP \
         from IPAM: the given pool (10.233.64.0/18) does not exist, or is not enabled",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no configured calico pools"],
        means: "no enabled pool selects the node",
        fix: "enable a pool, or create one, whose nodeSelector selects the node",
        paste: pools,
        explained_by: &[&NO_POOL, &POOLS_FOR_SOME_NODES],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): failed to \
         request IPv4 addresses: no configured Calico pools for node node-1",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["cannot find a qualified ippool"],
        means: "no enabled pool may be used for pods",
        fix: "add Workload to allowedUses of a pool that selects the node, or create a pool",
        paste: pools,
        explained_by: &[&NO_POOL],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): failed to \
         request IPv4 addresses: cannot find a qualified ippool, no pools match the \
         required use (Workload)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no more free affine blocks and strict affinity enabled"],
        means: "the node's blocks are full, none is free, and strict affinity forbids borrowing",
        fix: "add a pool, or release blocks of nodes that are gone; or turn strict affinity \
         off, unless Windows nodes need it",
        paste: ipam,
        explained_by: &[&FEWER_BLOCKS_THAN_NODES],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go; \
         projectcalico/calico#8435",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): failed to \
         request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more \
         free affine blocks and strict affinity enabled",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["need to allocate an ipam block but could not"],
        means: "the node has as many blocks as IPAM's maxBlocksPerHost allows",
        fix: "raise maxBlocksPerHost, or run fewer pods on the node",
        paste: ipam,
        explained_by: &[&BLOCK_LIMIT],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): failed to \
         request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; Need to \
         allocate an IPAM block but could not - limit of 1 blocks reached for this node",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["cannot allocate new block due to per host block limit"],
        means: "the node has as many blocks as IPAM's maxBlocksPerHost allows",
        fix: "raise maxBlocksPerHost, or run fewer pods on the node",
        paste: ipam,
        explained_by: &[&BLOCK_LIMIT],
        source: "projectcalico/calico v3.21.0, libcalico-go/lib/ipam/ipam.go (ErrBlockLimit)",
        examples: &[
            "plugin type=\"calico\" failed (add): cannot allocate new block due to per host block limit",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no ips available in pools"],
        means: "the pools that the pod may use have no free address",
        fix: "add a pool, or release addresses that are no longer in use",
        paste: ipam,
        explained_by: &[&NEARLY_FULL],
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go; \
         projectcalico/calico#7382",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): failed to \
         request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs \
         available in pools: [10.244.0.0/16]",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["max retries hit - excessive concurrent ipam requests"],
        is_general: true,
        means: "many pods on the node requested addresses at the same time",
        fix: "wait: the kubelet tries again. If it persists, look for leaked addresses",
        paste: ipam,
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/ipam/ipam.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): failed to \
         request IPv4 addresses: Max retries hit - excessive concurrent IPAM requests",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no podcidr for node"],
        means: "the node has no podCIDR, from which host-local IPAM takes its addresses",
        fix: "run kube-controller-manager with --allocate-node-cidrs=true and --cluster-cidr",
        remedy: Some(|case, pod| Step::new(assigned_by(case)).run(nodes(case, pod))),
        explained_by: &[&POD_CIDR_MISSING],
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/k8s/k8s.go",
        examples: &["plugin type=\"calico\" failed (add): no podCidr for node node-1"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no ip addresses available in range set"],
        means: "host-local IPAM has given out every address of the node's pod CIDR",
        fix: "delete the files of pods that are gone from /var/lib/cni/networks on the node, \
         or give nodes a larger pod CIDR",
        source: "containernetworking/plugins v1.5.1, \
         plugins/ipam/host-local/backend/allocator/allocator.go",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): failed to \
         allocate for range 0: no IP addresses available in range set: \
         10.244.1.1-10.244.1.254",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "error adding host side routes for interface",
            "already exists for an interface other than",
        ],
        means: "the pod's address still belongs to the interface of another pod on the node",
        fix: "delete the interface of the pod that is gone from the node (ip route get \
         ADDRESS, ip link delete cali…), or reboot the node",
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/dataplane/linux/dataplane_linux.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"calico\" failed (add): error adding \
         host side routes for interface: cali12d4a061371, error: route (Ifindex: 9, Dst: \
         10.244.1.5/32, Scope: link) already exists for an interface other than \
         'cali12d4a061371': route (Ifindex: 5, Dst: 10.244.1.5/32, Scope: link)",
        ],
        ..KnownMessage::USUAL
    },
];
