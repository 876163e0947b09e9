//! Messages of BIRD and confd, and of the readiness probe of calico-node.

use super::commands::{agent_log, agents, bgp_configuration, node_addresses};
use super::known_message::{KnownMessage, every_node_responds};
use crate::assess::check::Case;
use crate::assess::checks::node_addresses::WRONG_ADDRESS;
use crate::assess::checks::nodes_without_address::NO_ADDRESS;
use crate::repair::Step;
use crate::repair::calico_node::set_variable;
use crate::snapshot::PodName;
use crate::views::calico_node::CalicoNode;

const NO_SUCH_ADDRESS: KnownMessage = KnownMessage {
    means: "the address that Calico recorded for the node is not on any of its interfaces",
    fix: "have calico-node detect the address again: delete its pod once the autodetection \
     method is right",
    paste: node_addresses,
    explained_by: &[&WRONG_ADDRESS],
    ..KnownMessage::USUAL
};

const ROUTER_ID: &str = "if nodes have IPv4 addresses, have calico-node detect them. Otherwise, set \
                         CALICO_ROUTER_ID=hash, which derives the router ID from the node name: the operator does so \
                         in an IPv6-only cluster";

/// The operator restores the variables that it sets.
fn with_router_id(case: &Case, pod: &PodName) -> Step {
    let step = Step::new(ROUTER_ID);
    match CalicoNode::current(case.snapshot) {
        Some(node) if !case.facts.install.is_run_by_operator() => {
            step.run(set_variable(&node.object(), "CALICO_ROUTER_ID", "hash"))
        }
        _ => step.run(agent_log(case, pod)),
    }
}

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
    // confd takes the node's IPv4 address for it otherwise, and has BIRD check the configuration that it writes.
    KnownMessage {
        texts: &["router id must be configured manually"],
        means: "BIRD has no router ID, because the node has no IPv4 address",
        fix: ROUTER_ID,
        remedy: Some(with_router_id),
        source: "projectcalico/bird, conf/conf.c; projectcalico/calico v3.32.1, \
                 confd/pkg/backends/calico/bgp_processor.go",
        examples: &[
            "bird: /etc/calico/confd/config/bird6.cfg, line 3: Router ID must be configured manually on IPv6 routers",
            "2026-01-01 00:00:00.000 [ERROR][71] confd/resource.go 307: Error from checkcmd \"bird -p -c \
         /etc/calico/confd/config/.bird.cfg\": \"bird: /etc/calico/confd/config/.bird.cfg:3:1 Router ID must be \
         configured manually\"",
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
