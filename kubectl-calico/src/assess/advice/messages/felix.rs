//! Messages of Felix, and of the data planes that it programs.

use super::commands::{agent_log, agents, describe, edit_felix, kube_proxy, node_addresses, nodes};
use super::known_message::KnownMessage;
use crate::assess::checks::ebpf::KERNEL_TOO_OLD;
use crate::assess::checks::ebpf::KUBE_PROXY_BESIDE;
use crate::assess::checks::node_addresses::WRONG_ADDRESS;
use crate::assess::checks::source_check::AWS_SOURCE_CHECK;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &[":9099: bind: address already in use"],
        means: "another program on the node listens on Felix's health port, TCP 9099",
        fix: "stop the other calico-node or program on the node, or set another healthPort in \
         the FelixConfiguration and in the probes",
        paste: agents,
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/health/health.go; \
         projectcalico/calico#2450",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][89] felix/health.go 390: Health endpoint failed, \
         trying to restart it... error=listen tcp 127.0.0.1:9099: bind: address already \
         in use",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["health endpoint failed", "cannot assign requested address"],
        means: "localhost resolves to an address that is not the node's",
        fix: "set FELIX_HEALTHHOST, or for Typha TYPHA_HEALTHHOST, to 127.0.0.1; or correct \
         /etc/hosts of the node",
        source: "projectcalico/typha#212, #334",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][7] typha/health.go 390: Health endpoint failed, \
         trying to restart it... error=listen tcp 10.175.2.4:9098: bind: cannot assign \
         requested address",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["bpf proxy healthz server failed"],
        means: "another program on the node listens on kube-proxy's health port, TCP 10256",
        fix: "remove kube-proxy from the nodes: the eBPF data plane replaces it. With two IP \
         families, Calico 3.30.4 also reports this without kube-proxy, and works",
        paste: kube_proxy,
        explained_by: &[&KUBE_PROXY_BESIDE],
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/int_dataplane.go; \
         projectcalico/calico#11213",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][87] felix/int_dataplane.go 2691: BPF Proxy \
         Healthz server failed, restarting in 1s error=failed to start proxier healthz on \
         :10256: listen tcp :10256: bind: address already in use",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["bpf dataplane mode enabled but not supported by the kernel"],
        means: "the node's kernel is too old for the eBPF data plane, so Felix uses iptables",
        fix: "upgrade the kernel of the node to 5.10 or later (Red Hat: 4.18.0-305), or turn \
         eBPF off and run kube-proxy",
        paste: nodes,
        explained_by: &[&KERNEL_TOO_OLD],
        source: "projectcalico/calico v3.30.7, felix/daemon/daemon.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/daemon.go 368: BPF dataplane mode \
         enabled but not supported by the kernel.  Disabling BPF mode. error=kernel is \
         too old (have: 4.15.0 but want at least: 5.3.0)",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to parse/validate configuration from datastore"],
        means: "a FelixConfiguration has a value that Felix does not accept",
        fix: "correct the field named in the preceding lines",
        paste: edit_felix,
        source: "projectcalico/calico v3.30.7, felix/daemon/daemon.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/daemon.go 253: Failed to \
         parse/validate configuration from datastore. error=invalid port",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to find iptables command"],
        means: "the calico-node image lacks the iptables binaries of the configured backend",
        fix: "set iptablesBackend in the FelixConfiguration to Auto",
        paste: edit_felix,
        source: "projectcalico/calico v3.30.7, felix/environment/feature_detect_linux.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/feature_detect_linux.go 421: Failed to \
         find iptables command backendMode=\"nft\" ipVersion=0x4 saveOrRestore=\"save\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["incompatible nft rules in the table"],
        means: "nftables rules on the node are in tables that iptables uses",
        fix: "remove these rules from the node, or move them to a table of their own: nft list \
         ruleset shows them. Or set nftablesMode to Enabled, from 3.29 on",
        source: "projectcalico/calico v3.30.7, felix/iptables/table.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/table.go 956: iptables-save failed \
         because there are incompatible nft rules in the table.  Remove the nft rules to \
         continue. ipVersion=0x4 table=\"filter\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to open iptables lock"],
        means: "Felix cannot open the iptables lock, /run/xtables.lock",
        fix: "mount /run/xtables.lock of the node into the container as a file, type \
         FileOrCreate: if it is a directory on the node, delete it",
        versions: "Calico up to 3.31",
        source: "projectcalico/calico v3.30.7, felix/iptables/lock_linux.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/lock_linux.go 96: Failed to acquire \
         iptables lock error=failed to open iptables lock /run/xtables.lock: open \
         /run/xtables.lock: is a directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["another app is currently holding the xtables lock"],
        is_general: true,
        means: "another program on the node holds the iptables lock for a long time",
        fix: "find the program, often kube-proxy in iptables mode with many Services, or a \
         firewall; Felix tries again",
        source: "netfilter iptables 1.8.8, iptables/xshared.c",
        examples: &[
            "Another app is currently holding the xtables lock; still 9s 0us time ahead to \
         have a chance to grab the lock...",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to program iptables, giving up after retries"],
        is_general: true,
        means: "the node's iptables rejects Felix's rules",
        fix: "read the errorOutput in the preceding lines: usually a kernel module is \
         missing, or another firewall rewrites the tables",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, felix/iptables/table.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/table.go 1122: Failed to program \
         iptables, giving up after retries error=exit status 2 ipVersion=0x4 \
         table=\"nat\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to update ip sets after multiple retries"],
        is_general: true,
        means: "Felix cannot write its IP sets",
        fix: "load the modules ip_set and xt_set on the node; calicoctl node checksystem, run \
         there, names what is missing",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, felix/ipsets/ipsets.go; projectcalico/felix#2083",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/ipsets.go 416: Failed to update IP \
         sets after multiple retries. family=\"inet\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to detect host mtu"],
        means: "Felix finds no interface of the node from which to take the MTU",
        fix: "set mtuIfacePattern in the FelixConfiguration to a regular expression that \
         matches the interface of the node",
        paste: edit_felix,
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/int_dataplane.go",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][60] felix/int_dataplane.go 428: Unable to detect \
         host MTU, shutting down error=no interfaces match pattern",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["not enough mark bits available"],
        means: "Felix's packet mark mask has too few bits",
        fix: "give iptablesMarkMask of the FelixConfiguration more bits, not shared with other \
         programs",
        paste: edit_felix,
        source: "projectcalico/calico v3.30.7, felix/dataplane/driver.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/driver.go 141: Not enough mark bits \
         available. Name=\"felix-iptables\" MarkMask=0x1",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to find parent interface with address"],
        means: "the address that Calico recorded for the node is not on any of its interfaces",
        fix: "have calico-node detect the address again: delete its pod, after the method of \
         autodetection is right",
        paste: node_addresses,
        explained_by: &[&WRONG_ADDRESS],
        source: "projectcalico/calico v3.30.7, felix/dataplane/linux/vxlan_mgr.go",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/vxlan_mgr.go 600: Failed to find \
         VXLAN tunnel device parent, retrying... error=unable to find parent interface \
         with address 10.0.2.15",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to set source-destination-check"],
        means: "Felix is not allowed to change the source/destination check of the EC2 instance",
        fix: "give the instances the permissions ec2:DescribeInstances and \
         ec2:ModifyNetworkInterfaceAttribute, or set awsSrcDstCheck to DoNothing and turn \
         the check off yourself",
        paste: edit_felix,
        explained_by: &[&AWS_SOURCE_CHECK],
        source: "projectcalico/calico v3.30.7, felix/aws/ec2.go; projectcalico/calico#4923",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/ec2.go 99: Failed to set \
         source-destination-check: UnauthorizedOperation: You are not authorized to \
         perform this operation. src-dst-check=Disable",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["kernel's rpf check is set to 'loose'"],
        means: "net.ipv4.conf.all.rp_filter of the node is 2, which this Calico rejects",
        fix: "set net.ipv4.conf.all.rp_filter to 0 or 1 on the node; or set \
         FELIX_IGNORELOOSERPF to true where spoofed addresses are not a concern",
        versions: "Calico up to 3.18",
        source: "projectcalico/felix v3.14, dataplane/linux/int_dataplane.go; \
         projectcalico/felix#2082",
        examples: &[
            "2020-01-01 00:00:00.000 [FATAL][60] int_dataplane.go 1035: Kernel's RPF check is \
         set to 'loose'.  This would allow endpoints to spoof their IP address.  Calico \
         requires net.ipv4.conf.all.rp_filter to be set to 0 or 1.",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to create knftables client"],
        means: "the kernel or the image has no nftables, which Felix is configured to use",
        fix: "set nftablesMode in the FelixConfiguration to Disabled, or load nf_tables on the node",
        paste: edit_felix,
        source: "projectcalico/calico v3.30.7, felix/nftables/table.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/table.go 335: Failed to create knftables \
                     client error=could not find nftables binary",
        ],
        versions: "Calico 3.29 and later",
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to program nftables, giving up after retries"],
        is_general: true,
        means: "the node's nftables rejects Felix's rules",
        fix: "read the transaction error in the preceding lines: usually the kernel is older than 5.13, \
              which Calico's nftables need",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, felix/nftables/table.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][60] felix/table.go 844: Failed to program nftables, \
                     giving up after retries error=error performing nft transaction: exit status 1",
        ],
        versions: "Calico 3.29 and later",
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to remove conntrack flows after retries"],
        means: "the kernel refuses to delete conntrack entries",
        fix: "load nf_conntrack and nf_conntrack_netlink on the node, and run calico-node privileged: \
              connections of deleted pods may reach new ones with the same address",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, felix/conntrack/conntrack.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/conntrack.go 116: Failed to remove conntrack \
                     flows after retries. error=exit status 1 output=\"conntrack v1.4.6: Operation failed\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["/proc/sys/", "read-only file system"],
        without: &["failed (add)"],
        means: "/proc/sys is read-only in the container: it does not run privileged",
        fix: "let calico-node run privileged (securityContext of its container), unless nonPrivileged is set in the \
              Installation on purpose; if it does, the node's own /proc/sys is read-only, as in an unprivileged LXC \
              container",
        paste: describe,
        source: "projectcalico/calico v3.32.1, felix/dataplane/linux/endpoint_mgr.go (writeProcSys); \
                 opencontainers/runtime-spec, config-linux.md (readonlyPaths)",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/int_dataplane.go 1000: failed to set \
         /proc/sys/net/ipv4/ip_forward error=open /proc/sys/net/ipv4/ip_forward: read-only file system",
        ],
        ..KnownMessage::USUAL
    },
];
