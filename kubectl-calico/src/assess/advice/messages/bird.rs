//! Messages of BIRD and confd, and of the readiness probe of calico-node.

use super::commands::{agent_log, agents, bgp_configuration, node_addresses};
use super::known_message::{KnownMessage, every_node_responds};
use crate::assess::checks::node_addresses::WRONG_ADDRESS;
use crate::assess::checks::nodes_without_address::NO_ADDRESS;

const NO_SUCH_ADDRESS: KnownMessage = KnownMessage {
    means: "the address that Calico recorded for the node is not on any of its interfaces",
    fix: "have calico-node detect the address again: delete its pod once the autodetection \
     method is right",
    paste: node_addresses,
    explained_by: &[&WRONG_ADDRESS],
    ..KnownMessage::USUAL
};

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["bgp not established with"],
        is_about_path: true,
        applies: every_node_responds,
        means: "BGP sessions with other nodes are not established",
        fix: "open TCP 179 between the nodes, in security groups and in their own firewalls; \
         and check that Calico uses the right addresses of the nodes",
        paste: node_addresses,
        explained_by: &[&NO_ADDRESS, &WRONG_ADDRESS],
        source: "projectcalico/calico v3.30.7, node/pkg/health/health.go; \
         projectcalico/calico#3884, #2561",
        examples: &[
            "Readiness probe failed: calico/node is not ready: BIRD is not ready: BGP not \
         established with 192.168.100.12,192.168.100.13",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to connect to birdv4 socket"],
        is_general: true,
        means: "BIRD does not run in the pod",
        fix: "read the confd and bird lines in the log: without its configuration, which \
         confd writes, BIRD does not start",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, node/pkg/health/bird/bird.go; \
         projectcalico/calico#9530, #2834",
        examples: &[
            "Readiness probe failed: calico/node is not ready: BIRD is not ready: Error \
         querying BIRD: unable to connect to BIRDv4 socket: dial unix \
         /var/run/calico/bird.ctl: connect: connection refused",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to connect to birdv6 socket"],
        is_general: true,
        means: "BIRD for IPv6 does not run in the pod",
        fix: "give the node an IPv6 address, or remove -bird6-ready from the readiness probe: \
         without an address, BIRD for IPv6 does not start",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, node/pkg/health/bird/bird.go",
        examples: &[
            "Readiness probe failed: calico/node is not ready: BIRD6 is not ready: Error \
         querying BIRD: unable to connect to BIRDv6 socket: dial unix \
         /var/run/bird/bird6.ctl: connect: no such file or directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["unable to open configuration file /etc/calico/confd/config"],
        is_general: true,
        means: "confd has not written BIRD's configuration yet",
        fix: "read the lines of confd in the log: usually it cannot reach the API server or \
         Typha",
        paste: agent_log,
        source: "projectcalico/bird v0.3.3, sysdep/unix/main.c",
        examples: &[
            "bird: Unable to open configuration file /etc/calico/confd/config/bird.cfg: No \
         such file or directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["socket error: bind: address", "in use"],
        means: "another program on the node listens on the BGP port, TCP 179",
        fix: "stop the other BGP daemon on the node, or set another listenPort in the \
         BGPConfiguration",
        paste: bgp_configuration,
        source: "projectcalico/bird v0.3.3, sysdep/unix/io.c; projectcalico/node#522",
        examples: &[
            "bird: BGP: Socket error: bind: Address already in use",
            "bird: Mesh_192_168_100_12: Socket error: bind: Address in use",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["socket error: bind: cannot assign requested address"],
        source: "projectcalico/bird v0.3.3, sysdep/unix/io.c; projectcalico/calico#9549",
        examples: &[
            "bird: Mesh_192_168_100_12: Socket error: bind: Cannot assign requested address",
        ],
        ..NO_SUCH_ADDRESS
    },
    // The same error in the words of another C library.
    KnownMessage {
        texts: &["socket error: bind: address not available"],
        source: "projectcalico/bird v0.3.3, sysdep/unix/io.c; projectcalico/calicoctl#819",
        examples: &["bird: Mesh_192_168_100_12: Socket error: bind: Address not available"],
        ..NO_SUCH_ADDRESS
    },
    KnownMessage {
        texts: &["i found another bird running"],
        means: "another BIRD runs on the node",
        fix: "stop the other calico-node or BIRD on the node: two DaemonSets, or a container \
         that outlived its pod",
        paste: agents,
        source: "projectcalico/bird v0.3.3, sysdep/unix/io.c; projectcalico/calico#2450",
        examples: &["bird: I found another BIRD running."],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to stat() nodename file"],
        is_general: true,
        means: "calico-node has not finished starting",
        fix: "read the first lines of its log: it waits for the API server, or for an \
         address of the node",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, node/pkg/health/health.go",
        examples: &[
            "Readiness probe failed: calico/node is not ready: BIRD is not ready: Failed to \
         stat() nodename file: stat /var/lib/calico/nodename: no such file or directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["bird/confd is not live"],
        is_general: true,
        means: "confd or BIRD does not run in the pod",
        fix: "read the confd and bird lines in the log",
        paste: agent_log,
        source: "projectcalico/calico v3.30.7, node/pkg/health/health.go",
        examples: &[
            "Liveness probe failed: calico/node is not ready: bird/confd is not live: Service \
         confd is not running. Output << down: /etc/service/enabled/confd: 1s >>",
        ],
        ..KnownMessage::USUAL
    },
];
