//! Messages about what the kernel of a node lacks or refuses.

use super::commands::nodes;
use super::known_message::KnownMessage;
use crate::assess::checks::wireguard::NODES_WITHOUT_KEY;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["failed to add ipip tunnel device"],
        means: "the node's kernel lacks the ipip module",
        fix: "load it on the node (modprobe ipip, and a file in /etc/modules-load.d), or use \
         VXLAN instead of IPIP",
        paste: nodes,
        versions: "Calico up to 3.31",
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/ipip_mgr.go; \
         projectcalico/calico#7028",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][1065] felix/ipip_mgr.go 113: Failed to add \
         IPIP tunnel device error=exit status 1",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to list interface addresses", "message too long"],
        means: "this Calico cannot read the interfaces of the node's kernel",
        fix: "upgrade Calico: newer releases read interfaces with many addresses",
        paste: nodes,
        source: "projectcalico/calico#6984",
        examples: &[
            "2022-11-22 05:43:55.148 [WARNING][102] felix/ipip_mgr.go 163: Failed to list \
         interface addresses error=message too long",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["couldn't load match `set'"],
        means: "the node's kernel lacks the xt_set module",
        fix: "load ip_set and xt_set on the node (modprobe xt_set, and a file in \
         /etc/modules-load.d); on minimal kernels, install the package with extra modules",
        paste: nodes,
        source: "netfilter iptables 1.8.8, libxtables/xtables.c; projectcalico/calico#7028",
        examples: &[
            "2022-11-27 18:24:44.086 [WARNING][1065] felix/table.go 1321: Failed to execute \
         ip(6)tables-restore command error=exit status 2 errorOutput=\"iptables-restore \
         v1.8.4 (legacy): Couldn't load match `set':No such file or directory\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["set type not supported"],
        means: "the node's kernel lacks a type of IP set",
        fix: "load the modules ip_set_hash_ip and ip_set_hash_net on the node; on minimal \
         kernels, install the package with extra modules",
        paste: nodes,
        source: "netfilter ipset 7.11, lib/errcode.c",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/ipsets.go 875: Failed to complete \
         ipset restore stderr=\"ipset v7.11: Error in line 1: Kernel error received: set \
         type not supported\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["can't initialize iptables table"],
        means: "the node's kernel lacks the module for an iptables table",
        fix: "load ip_tables, iptable_nat and iptable_mangle on the node; or set \
         iptablesBackend to NFT where the kernel has only nftables",
        paste: nodes,
        source: "netfilter iptables 1.8.8, iptables/iptables.c",
        examples: &[
            "iptables v1.8.4 (legacy): can't initialize iptables table `filter': Table does \
         not exist (do you need to insmod?)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["can't initialize ip6tables table"],
        means: "the node's kernel lacks the module for an ip6tables table",
        fix: "load ip6_tables and ip6table_nat on the node, or turn IPv6 off in Felix \
         (FELIX_IPV6SUPPORT=false)",
        paste: nodes,
        source: "netfilter iptables 1.8.8, iptables/ip6tables.c; projectcalico/felix#1411",
        examples: &[
            "ip6tables v1.8.4 (legacy): can't initialize ip6tables table `raw': Table does \
         not exist (do you need to insmod?)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["could not fetch rule set generation id"],
        means: "the node's kernel or its security policy refuses nftables",
        fix: "load nf_tables on the node, run the container privileged, or set iptablesBackend \
         to Legacy",
        paste: nodes,
        source: "netfilter iptables 1.8.8, iptables/nft-cache.c",
        examples: &[
            "iptables v1.8.8 (nf_tables): Could not fetch rule set generation id: Permission \
         denied (you must be root)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "failed to create vxlan interface",
            "operation not supported",
        ],
        means: "the node's kernel lacks the vxlan module",
        fix: "load it on the node (modprobe vxlan, and a file in /etc/modules-load.d); on \
         minimal kernels, install the package with extra modules",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/vxlan_mgr.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/vxlan_mgr.go 628: Failed to \
         configure VXLAN tunnel device, retrying... error=failed to create vxlan \
         interface: operation not supported",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to create vxlan interface", "address already in use"],
        means: "another program or VXLAN interface on the node uses Calico's VXLAN port",
        fix: "find what uses the UDP port on the node (ss -ulnp; ip -d link show type vxlan), or \
         set another vxlanPort in the FelixConfiguration",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/vxlan_mgr.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/vxlan_mgr.go 628: Failed to \
         configure VXLAN tunnel device, retrying... error=failed to create vxlan \
         interface: address already in use",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to disable checksum offload"],
        means: "the node's kernel does not let Felix turn off the tunnel's checksum offload",
        fix: "update the kernel; or set ChecksumOffloadBroken=false in featureDetectOverride \
         of the FelixConfiguration",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/ipip_mgr.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/ipip_mgr.go 90: Failed configure \
         IPIP tunnel device, retrying... error=failed to disable checksum offload: \
         operation not supported",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to create wireguard link"],
        means: "the node's kernel has no WireGuard",
        fix: "install the WireGuard module on the node (kernels from 5.6 on have it), or turn \
         WireGuard off: traffic of this node is not encrypted",
        paste: nodes,
        explained_by: &[&NODES_WITHOUT_KEY],
        source: "projectcalico/calico v3.30.7, felix/wireguard/wireguard.go",
        examples: &[
            "2026-01-01 00:00:00.000 [INFO][60] felix/wireguard.go 754: Unable to create \
         wireguard link, retrying... error=operation not supported",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to mount bpf filesystem"],
        means: "calico-node cannot mount the BPF file system on the node",
        fix: "mount it on the node (mount -t bpf bpf /sys/fs/bpf), and run the init container \
         mount-bpffs privileged",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, node/pkg/nodeinit/calico-init_linux.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][1] init/calico-init_linux.go 40: Failed to mount \
         BPF filesystem. error=operation not permitted",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to mount bpffs"],
        means: "Felix cannot mount the BPF file system",
        fix: "mount it on the node (mount -t bpf bpf /sys/fs/bpf)",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/bpf/maps/maps.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/maps.go 541: Failed to mount bpffs \
         error=no such device",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["error creating bpf maps"],
        means: "the kernel refuses Felix's BPF maps",
        fix: "run calico-node privileged, raise the locked-memory limit (memlock), and check the \
         kernel lockdown mode: confidentiality forbids BPF (cat /sys/kernel/security/lockdown)",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/int_dataplane.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/int_dataplane.go 864: error creating \
         bpf maps error=operation not permitted",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["cgroup v2 not mounted"],
        means: "the node has no cgroup v2 file system, which the connect-time load balancer \
         needs",
        fix: "mount cgroup2 on the node, or turn the connect-time load balancer off \
         (bpfConnectTimeLoadBalancing)",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/bpf/bpf.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/int_dataplane.go 959: failed to attach \
         error=cgroup V2 not mounted",
        ],
        ..KnownMessage::USUAL
    },
];
