//! Messages of kube-proxy.

use super::known_message::KnownMessage;
use crate::assess::check::Case;
use crate::snapshot::PodName;

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["nf_conntrack_max: permission denied"],
        means: "kube-proxy may not raise nf_conntrack_max: where the node is a container, only its host can",
        fix: "raise net.netfilter.nf_conntrack_max on the host to what kube-proxy wants (32768 for each CPU, at least \
              131072), or have kube-proxy leave it as it is: conntrack.maxPerCore: 0 and conntrack.min: 0 in its ConfigMap",
        paste: config,
        source: "kubernetes v1.34, cmd/kube-proxy/app/conntrack.go; kubernetes-sigs/kind#2240; kubernetes/minikube#11418",
        examples: &[
            "E0101 00:00:00.000000 1 run.go:72] \"command failed\" err=\"open \
         /proc/sys/net/netfilter/nf_conntrack_max: permission denied\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["kube-proxy in nftables mode requires kernel"],
        means: "the node's kernel is too old for kube-proxy in nftables mode",
        fix: "upgrade the kernel of the node to 5.13 or later; or set mode: iptables in the kube-proxy ConfigMap, \
              then turn nftables off in Calico",
        paste: config,
        source: "kubernetes v1.34, pkg/proxy/nftables",
        examples: &[
            "E0101 00:00:00.000000 1 run.go:72] \"command failed\" err=\"can't set up proxier: kube-proxy in nftables mode \
         requires kernel 5.13 or later\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed complete: "],
        any: &[
            &["strict decoding error"],
            &["unknown field"],
            &["unrecognized feature gate"],
        ],
        means: "kube-proxy's configuration has a field or a feature gate that its version does not know",
        fix: "correct config.conf in the ConfigMap kube-proxy, and restart kube-proxy",
        paste: config,
        source: "kubernetes v1.34, cmd/kube-proxy/app/server.go",
        examples: &[
            "E0101 00:00:00.000000 1 run.go:72] \"command failed\" err=\"failed complete: unrecognized feature gate: \
         SupportIPVSProxyMode\"",
        ],
        ..KnownMessage::USUAL
    },
];

/// Shows its configuration.
fn config(_: &Case, _: &PodName) -> String {
    "kubectl get configmaps -n kube-system kube-proxy -o yaml".to_owned()
}
