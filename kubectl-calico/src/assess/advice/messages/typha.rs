//! Messages about Typha, its own and those of its clients.

use super::commands::typha_pods;
use super::known_message::KnownMessage;
use crate::assess::checks::typha_gone::TYPHA_GONE;
use crate::assess::checks::typha_replicas::NOT_READY;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &[":9098: bind: address already in use"],
        means: "another program on the node listens on Typha's health port, TCP 9098",
        fix: "stop the other program on the node, or change TYPHA_HEALTHPORT and the port of \
         the probes",
        paste: typha_pods,
        source: "projectcalico/calico v3.30.7, libcalico-go/lib/health/health.go; \
         projectcalico/calico#5697",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][7] typha/health.go 390: Health endpoint failed, \
         trying to restart it... error=listen tcp 127.0.0.1:9098: bind: address already \
         in use",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[":5473: bind: address already in use"],
        means: "another program on the node listens on Typha's port, TCP 5473",
        fix: "stop the other Typha or program on the node",
        paste: typha_pods,
        source: "projectcalico/calico v3.30.7, typha/pkg/syncserver/sync_server.go",
        examples: &[
            "2026-01-01 00:00:00.000 [PANIC][7] typha/sync_server.go 378: Failed to open \
         listen socket error=listen tcp :5473: bind: address already in use port=5473",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["dial tcp", ":5473:"],
        is_about_path: true,
        means: "the node cannot reach Typha",
        fix: "open TCP 5473 between the nodes, in security groups and in their own firewalls",
        paste: typha_pods,
        explained_by: &[&TYPHA_GONE, &NOT_READY],
        source: "projectcalico/calico v3.30.7, typha/pkg/syncclient/sync_client.go; \
         tigera/operator#2137",
        examples: &[
            "2026-01-01 00:00:00.000 [WARNING][60] felix/sync_client.go 187: error connecting \
         to typha endpoint (1 of 2) 10.0.0.5:5473 connID=0x0 error=dial tcp \
         10.0.0.5:5473: i/o timeout",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to connect to typha, giving up"],
        is_general: true,
        means: "Felix cannot reach Typha",
        fix: "open TCP 5473 between the nodes, and get Typha ready",
        paste: typha_pods,
        explained_by: &[&TYPHA_GONE, &NOT_READY],
        source: "projectcalico/calico v3.30.7, felix/daemon/daemon.go",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][60] felix/daemon.go 585: Failed to connect to \
         Typha, giving up after timeout error=failed to connect to Typha after 10 tries",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["didn't find any ready typha instances"],
        means: "no Typha is ready",
        fix: "get Typha ready: Felix gets its data from it",
        paste: typha_pods,
        explained_by: &[&TYPHA_GONE, &NOT_READY],
        source: "projectcalico/calico v3.30.7, typha/pkg/discovery/discovery.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/discovery.go 228: Didn't find any \
         ready Typha instances.",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["typha discovery enabled but discovery failed"],
        is_general: true,
        means: "Felix finds no Typha instance",
        fix: "get Typha ready: Felix gets its data from it",
        paste: typha_pods,
        explained_by: &[&TYPHA_GONE, &NOT_READY],
        source: "projectcalico/calico v3.30.7, felix/daemon/daemon.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/daemon.go 337: Typha discovery enabled \
         but discovery failed. error=Kubernetes service missing IP or port",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["did not get hello message from typha in time"],
        means: "Typha accepts connections but does not answer",
        fix: "restart Typha, and check that the MTU between the nodes is not smaller than that \
         of their interfaces",
        paste: typha_pods,
        versions: "Calico up to 3.31",
        source: "projectcalico/calico v3.30.7, felix/daemon/daemon.go",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][60] felix/daemon.go 598: Did not get hello \
         message from Typha in time",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["remote error: tls: bad certificate"],
        means: "Typha and Felix do not accept each other's certificates",
        fix: "have the operator renew them: delete the Secrets typha-certs and node-certs in \
         the operator's namespace, then restart Typha and calico-node",
        paste: typha_pods,
        source: "projectcalico/calico v3.30.7, typha/pkg/tlsutils; tigera/operator v1.38.13, \
         pkg/render/typha.go",
        examples: &[
            "2026-01-01 00:00:00.000 [ERROR][60] felix/sync_client.go 400: Failed to read \
         from server error=remote error: tls: bad certificate",
        ],
        ..KnownMessage::USUAL
    },
];
