//! Messages about what is installed on a node for the container runtime: the CNI configuration, the binaries that it
//! names, and the token that install-cni writes beside them.

use super::commands::{agents, calico_node_of, nodes, pod_node, pods_like};
use super::known_message::KnownMessage;
use crate::assess::checks::node_ready::NODE_NOT_READY;

const NO_CONFIGURATION: KnownMessage = KnownMessage {
    is_general: true,
    means: "the container runtime has found no CNI configuration on the node",
    fix: "get calico-node ready on the node: install-cni writes the configuration to \
          /etc/cni/net.d. If it is there, restart the container runtime",
    paste: agents,
    explained_by: &[&NODE_NOT_READY],
    ..KnownMessage::USUAL
};

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        texts: &["failed to find plugin \"calico"],
        means: "the binaries of Calico's CNI plugin are missing on the node",
        fix: "restart calico-node on the node: its init container install-cni copies them. If \
         they are still missing, the runtime looks in a directory other than /opt/cni/bin",
        paste: calico_node_of,
        source: "containernetworking/cni v1.2.3, pkg/invoke/find.go",
        examples: &[
            "Failed to create pod sandbox: failed to find plugin \"calico\" in path \
         [/opt/cni/bin]",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["failed to find plugin \"", "in path"],
        without: &["plugin \"calico"],
        means: "a binary that the CNI configuration of the node names is missing",
        fix: "for bandwidth, host-local, loopback, portmap or tuning, restart calico-node on the pod's node: \
         its init container install-cni copies them. For any other, the configuration is another plugin's: \
         install it, or remove its file from /etc/cni/net.d and restart the container runtime",
        paste: calico_node_of,
        source: "containernetworking/cni v1.2.3, pkg/invoke/find.go; projectcalico/calico#4308",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": failed to find plugin \"loopback\" in path [/opt/cni/bin]",
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup \
         network for sandbox \"3f0c\": plugin type=\"portmap\" failed (add): failed to find plugin \
         \"portmap\" in path [/opt/cni/bin]",
        ],
        ..KnownMessage::USUAL
    },
    // A plugin that calls others, such as Multus, reports their errors after its own name.
    KnownMessage {
        texts: &["plugin type=\"", " failed (add)"],
        without: &[
            "type=\"calico",
            "type=\"multus",
            "type=\"bandwidth\"",
            "type=\"host-local\"",
            "type=\"istio-cni\"",
            "type=\"linkerd-cni\"",
            "type=\"loopback\"",
            "type=\"portmap\"",
            "type=\"tuning\"",
            "failed to find plugin",
        ],
        means: "the container runtime calls another CNI plugin, not Calico",
        before_name: Some("plugin type=\""),
        fix: "if that plugin is meant to run, fix it first. Otherwise, its configuration was left behind: on the node \
         of the pod, remove its file from /etc/cni/net.d (the first one by name is used), restart the container \
         runtime, and delete the pod",
        paste: pod_node,
        source: "containerd v1.7.22, vendor/github.com/containerd/go-cni; containernetworking/cni v1.2.3, \
         libcni/api.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for \
         sandbox \"3f0c\": plugin type=\"flannel\" failed (add): loadFlannelSubnetEnv failed: open \
         /run/flannel/subnet.env: no such file or directory",
        ],
        ..KnownMessage::USUAL
    },
    // Plugins that are chained to Calico have tokens of their own.
    KnownMessage {
        texts: &["failed (add): unauthorized"],
        any: &[&["plugin type=\"istio-cni\"", "plugin type=\"linkerd-cni\""]],
        means: "the API server rejects the token of a CNI plugin that is chained to Calico",
        before_name: Some("plugin type=\""),
        fix: "restart the agent of that plugin on the pod's node (the DaemonSet istio-cni-node or \
              linkerd-cni), which writes a new token; if the plugin was removed, remove it from the file in \
              /etc/cni/net.d",
        paste: pod_node,
        source: "containernetworking/cni v1.2.3, libcni/api.go; linkerd documentation, CNI plugin; Istio documentation, \
                 Install the Istio CNI node agent",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \
         \"3f0c\": plugin type=\"linkerd-cni\" name=\"linkerd-cni\" failed (add): Unauthorized",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["plugin type=\"multus", " failed (add)"],
        without: &["type=\"calico", "failed to find plugin"],
        means: "Multus, which the container runtime calls, fails before it calls Calico",
        fix: "get the Multus pod running on the pod's node, with a valid kubeconfig. If Multus was removed, \
         remove its file from /etc/cni/net.d, restart the container runtime, and delete the pod",
        paste: pod_node,
        source: "k8snetworkplumbingwg/multus-cni v4.2.0, pkg/server/api/shim.go",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for \
         sandbox \"3f0c\": plugin type=\"multus-shim\" name=\"multus-cni-network\" failed (add): CmdAdd \
         (shim): failed to send CNI request: Post \"http://dummy/cni\": dial unix \
         /run/multus/multus.sock: connect: no such file or directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["incompatible cni versions"],
        means: "the CNI configuration of the node has a version that the binary of the plugin does not know",
        fix: "restart calico-node on the pod's node: its init container install-cni writes both. If it \
         persists, another program writes the configuration or the binary",
        paste: calico_node_of,
        source: "containernetworking/cni v1.2.3, pkg/version/reconcile.go",
        examples: &[
            "Failed to create pod sandbox: plugin type=\"calico\" failed (add): incompatible CNI versions; \
         config is \"1.0.0\", plugin supports [\"0.3.1\" \"0.4.0\"]",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["cni plugin not initialized"],
        source: "containerd v1.7.22, vendor/github.com/containerd/go-cni/errors.go",
        examples: &[
            "network is not ready: container runtime network not ready: NetworkReady=false \
         reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin \
         not initialized",
        ],
        ..NO_CONFIGURATION
    },
    KnownMessage {
        texts: &["cni config uninitialized"],
        versions: "Kubernetes up to 1.23",
        source: "kubernetes v1.23, pkg/kubelet/dockershim/network/cni/cni.go",
        examples: &[
            "network is not ready: container runtime network not ready: NetworkReady=false \
         reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni \
         config uninitialized",
        ],
        ..NO_CONFIGURATION
    },
    KnownMessage {
        texts: &["unable to create token for cni kubeconfig", "is forbidden"],
        means: "calico-node is not allowed to create the token of the CNI plugin",
        fix: "apply the ClusterRoles of the Calico release that runs: they allow calico-node \
         to create serviceaccounts/token",
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/install/install.go",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][1] cni-installer/install.go 472: Unable to \
         create token for CNI kubeconfig error=serviceaccounts \"calico-cni-plugin\" is \
         forbidden: User \"system:serviceaccount:kube-system:calico-node\" cannot create \
         resource \"serviceaccounts/token\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "unable to create token for cni kubeconfig",
            "serviceaccounts \"calico-cni-plugin\" not found",
        ],
        means: "the ServiceAccount calico-cni-plugin is missing, which Calico has since 3.26",
        fix: "apply the whole manifest of the Calico release that runs: only its images were upgraded, or the \
         ServiceAccount was deleted",
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/install/install.go, manifests/calico.yaml",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][1] cni-installer/install.go 472: Unable to \
         create token for CNI kubeconfig error=serviceaccounts \"calico-cni-plugin\" not found",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "unable to create token for cni kubeconfig",
            "error=unauthorized",
        ],
        means: "the API server rejects the token of calico-node",
        fix: "delete these pods, so that the kubelet gives them new tokens; if it persists, the \
         ServiceAccount calico-node was deleted or its signing key changed",
        paste: pods_like,
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/install/install.go; \
         projectcalico/calico#8368",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][1] cni-installer/install.go 472: Unable to \
         create token for CNI kubeconfig error=Unauthorized",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["/host/opt/cni/bin", "permission denied"],
        means: "install-cni is not allowed to write the binaries of the CNI plugin",
        fix: "allow it on the node: install-cni runs as root, so SELinux, AppArmor or an \
            immutable file prevents it \
         (ausearch -m avc, lsattr /opt/cni/bin)",
        paste: nodes,
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/install/install.go; \
         projectcalico/cni-plugin#374, #420",
        examples: &[
            "time=\"2026-01-01T00:00:00Z\" level=error msg=\"Failed to install /host/opt/cni/bin/calico\" \
         error=\"open /host/opt/cni/bin/calico: permission denied\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["/host/opt/cni/bin", "text file busy"],
        means: "a program on the node runs the binary that install-cni replaces",
        fix: "stop that program on the node (fuser -v on the file in /opt/cni/bin shows it), or delete the file; the pod tries \
         again",
        paste: nodes,
        source: "Linux, errno ETXTBSY; projectcalico/calico#8932",
        examples: &[
            "time=\"2026-01-01T00:00:00Z\" level=error msg=\"Failed to install /host/opt/cni/bin/portmap\" \
         error=\"open /host/opt/cni/bin/portmap: text file busy\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["found no writeable directory"],
        means: "install-cni cannot write to the directory for CNI plugins",
        fix: "make /opt/cni/bin writable on the node, or set the directory that the container \
         runtime uses",
        source: "projectcalico/calico v3.30.7, cni-plugin/pkg/install/install.go",
        examples: &[
            "2026-01-01 00:00:00.000 [FATAL][1] cni-installer/install.go 232: found no \
         writeable directory, exiting error=no writable directory",
        ],
        ..KnownMessage::USUAL
    },
];
