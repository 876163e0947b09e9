//! Messages about what the kernel of a node lacks or refuses.

use super::commands::{edit_felix, nodes, nodes_by_architecture};
use super::known_message::KnownMessage;
use crate::assess::checks::wireguard::NODES_WITHOUT_KEY;

/// The kernel of newer distributions has only nftables.
const LEGACY_SAVE: KnownMessage = KnownMessage {
    means: "Felix cannot read the rules of the node with iptables-legacy-save",
    fix: "load the modules ip_tables, iptable_filter, iptable_nat, iptable_mangle and iptable_raw on the node (modprobe, and a \
          file in /etc/modules-load.d; for ip6tables-legacy-save, those of ip6), or set iptablesBackend to NFT where \
          the kernel has only nftables. If the kernel has them, run iptables-legacy-save in the container to see the \
          error",
    paste: nodes,
    ..KnownMessage::USUAL
};

/// The kernel allows one interface for each VNI and port.
const VNI_IN_USE: KnownMessage = KnownMessage {
    means: "another VXLAN interface on the node has Calico's VNI and port",
    fix: "on the node, find it (ip -d link show type vxlan) and delete it, if it is left over from another \
          network plugin; or set another vxlanVNI and vxlanPort in the FelixConfiguration",
    paste: nodes,
    ..KnownMessage::USUAL
};

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
    // A shell's and a dynamic linker's exit status for a program that cannot be run.
    KnownMessage {
        texts: &["tables", "save", "failed error=exit status 127"],
        means: "calico-node cannot run the program with which Felix reads iptables rules: exit status 127 means that \
         the program, or a library that it needs, is missing",
        fix: "use Calico's own image of calico-node, built for the architecture of the node; if it is that image, pull \
         it again on the node, or set iptablesBackend to the other backend if kube-proxy uses that one",
        paste: nodes_by_architecture,
        source: "projectcalico/calico v3.27.4, felix/iptables/table.go; POSIX, exit status of commands; \
         projectcalico/calico#8831",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/table.go 840: iptables save failed error=exit status 127",
            "2026-01-01 00:00:00.000 [WARNING][60] felix/table.go 778: iptables-nft-save command failed \
         error=exit status 127 ipVersion=0x4 stderr=\"\" table=\"raw\"",
        ],
        ..KnownMessage::USUAL
    },
    // Felix does not write what the program printed.
    KnownMessage {
        texts: &["tables-legacy-save command failed error="],
        without: &["exit status 127"],
        source: "projectcalico/calico v3.32.1, felix/iptables/table.go; projectcalico/calico#13499",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/table.go 839: iptables-legacy-save command failed \
         error=exit status 1 ipVersion=0x4 stderr=\"\" table=\"filter\"",
        ],
        ..LEGACY_SAVE
    },
    // Written last, without the error of the program.
    KnownMessage {
        texts: &["tables-legacy-save command failed after retries"],
        is_general: true,
        source: "projectcalico/calico v3.32.1, felix/iptables/table.go; projectcalico/calico#7057",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/table.go 845: ip6tables-legacy-save command failed after \
         retries ipVersion=0x6 table=\"raw\"",
        ],
        ..LEGACY_SAVE
    },
    KnownMessage {
        texts: &["tables-nft-save command failed"],
        without: &["incompatible nft rules in the table", "exit status 127"],
        is_general: true,
        means: "Felix cannot read the node's nft rules with iptables; usually another program has written rules that \
         iptables cannot read, or the kernel lacks nf_tables for this family",
        source: "projectcalico/calico v3.32.1, felix/iptables/table.go; projectcalico/calico#9193, #8025",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/table.go 845: iptables-nft-save command failed after retries \
         ipVersion=0x4 table=\"filter\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["'ipset list", "kernel error received: invalid argument"],
        means: "the node's kernel has no IP sets",
        fix: "load ip_set on the node (modprobe ip_set, and a file in /etc/modules-load.d), or run a kernel that \
         is built with it",
        paste: nodes,
        source: "projectcalico/calico v3.24.5, felix/ipsets/ipsets.go; projectcalico/calico#9540, \
         projectcalico/felix#2607",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/ipsets.go 671: Bad return code from 'ipset list -name'. \
         error=exit status 1 family=\"inet\" stderr=\"ipset v7.11: Kernel error received: Invalid argument\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["'ipset list cali", "kernel and userspace incompatible"],
        means: "a newer ipset on the node has made Calico's own IP sets, in a form that the ipset of this Calico cannot read",
        fix: "upgrade Calico to 3.30.6, 3.31.3 or 3.32, which replace such sets. Until then, keep programs on the node from \
              restoring saved IP sets, and reboot it",
        paste: nodes,
        versions: "Calico 3.27 to 3.31",
        source: "projectcalico/calico v3.30.6, felix/ipsets/ipsets.go; projectcalico/calico#8776, #9551, #10676, #11051",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/ipsets.go 671: Bad return code from 'ipset list cali40this-host'. \
         error=exit status 1 family=\"inet\" stderr=\"ipset v7.11: Kernel and userspace incompatible: settype hash:ip \
         with revision 6 not supported by userspace.\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["bpf program load failed"],
        means: "the node's kernel refuses a BPF program of Felix",
        fix: "read the lines after it: they have the reason of the kernel. After an update of the kernel, start the one \
              before it again, and look for a release of Calico that supports the new one",
        paste: nodes,
        source: "projectcalico/calico#11302; libbpf, src/libbpf.c",
        examples: &["libbpf: prog 'calico_sendmsg_v46': BPF program load failed: Invalid argument"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to initialize nft"],
        means: "the node's kernel lacks nf_tables, which iptables needs in its nft mode",
        fix: "load nf_tables on the node (modprobe nf_tables, and a file in /etc/modules-load.d), or set iptablesBackend to \
              Legacy in the FelixConfiguration where the kernel has only iptables. If the operating system of the node \
              was changed, reboot it: rules of the other mode may be left",
        paste: nodes,
        source: "netfilter iptables 1.8.8, iptables/xtables-save.c; projectcalico/calico#7741",
        examples: &["iptables-nft-save/1.8.8 Failed to initialize nft: Protocol not supported"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["kernel and userspace incompatible"],
        without: &["'ipset list cali"],
        means: "another program on the node has created IP sets that this Calico's ipset cannot read",
        fix: "upgrade Calico: from 3.27 on, it reads only its own sets",
        paste: nodes,
        versions: "Calico up to 3.26",
        source: "projectcalico/calico v3.27.3, felix/ipsets/ipsets.go; projectcalico/calico#4739, #8372",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/ipsets.go 570: Bad return code from 'ipset list'. error=exit \
         status 1 family=\"inet6\" stderr=\"ipset v7.1: Kernel and userspace incompatible: settype hash:ip with \
         revision 5 not supported by userspace.\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["nft", "signal: segmentation fault"],
        means: "calico-node's nft crashes on objects that a newer nft created on the node",
        fix: "upgrade Calico to a release with the fix (projectcalico/calico#11750), or set nftablesMode to Disabled \
         if kube-proxy does not use nftables",
        paste: edit_felix,
        source: "projectcalico/calico#11750, #12472, #13987",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][47] felix/table.go 587: Failed to load maps state error=error listing \
         nftables maps: failed to run nft: signal: segmentation fault ipVersion=0x4 table=\"calico\"",
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
    // If its name is not taken, what is in the way is an interface with another name.
    KnownMessage {
        texts: &["failed to create vxlan interface", "file exists"],
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/vxlan_mgr.go; projectcalico/felix#2071",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/vxlan_mgr.go 628: Failed to configure VXLAN tunnel \
         device, retrying... error=failed to create vxlan interface: file exists",
        ],
        ..VNI_IN_USE
    },
    KnownMessage {
        texts: &["can't locate created vxlan device"],
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/vxlan_mgr.go; projectcalico/calico#6157",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/vxlan_mgr.go 351: Failed configure VXLAN tunnel device, \
         retrying... error=can't locate created vxlan device vxlan.calico",
        ],
        ..VNI_IN_USE
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
    // The path of the cgroup is empty by default: Felix mounts cgroup2 at /run/calico/cgroup itself.
    KnownMessage {
        texts: &["failed to attach connect-time load balancer"],
        // The kernel has refused to load the program: projectcalico/calico#11302.
        without: &["invalid argument"],
        means: "Felix cannot attach the connect-time load balancer to the cgroup of the node",
        fix: "mount cgroup2 on the node, and restart calico-node there; or turn the connect-time load balancer off \
              (bpfConnectTimeLoadBalancing: Disabled, with bpfHostNetworkedNATWithoutCTLB: Enabled)",
        paste: nodes,
        source: "projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go and felix/bpf/nat/connecttime.go; \
                 projectcalico/calico#7252",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][97] felix/int_dataplane.go 716: BPFConnTimeLBEnabled but failed to attach \
         connect-time load balancer, bailing out. error=failed to attach program calico_connect_v4: failed to attach \
         calico_connect_v4 to cgroup /run/calico/cgroup: no such file or directory",
        ],
        ..KnownMessage::USUAL
    },
];
