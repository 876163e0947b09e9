//! Whether another network plugin runs alongside Calico.

use std::cmp::Reverse;

use calico_core::catalog::Entry;
use k8s_openapi::api::apps::v1::DaemonSet;

use super::amazon_vpc;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::ipam::is_done_by_another_plugin;
use crate::phrases::pasted;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{CILIUM_CONFIG, DAEMON_SETS, NODES};
use crate::views::calico_node::{CalicoNode, entry};
use crate::views::server_arguments::ServerArguments;
use crate::views::{daemon_set, kube_proxy, placement};

pub(crate) const OTHER_PLUGIN: Check = Check {
    entry: Entry {
        code: "CAL506",
        title: "another network plugin runs alongside Calico",
        meaning: "Calico provides pod networking, and so does the DaemonSet of another network \
                  plugin in the cluster, or the flannel that is built into k3s.",
        impact: "On each node, the container runtime uses the first configuration file in \
                 /etc/cni/net.d, in order of file name. That can differ from node to node. Pods \
                 connected by the other plugin have addresses and routes that Calico does not \
                 know, and no policies.",
        criteria: "DaemonSets that are scheduled to a node, or are in manifests, are recognized by their \
                   containers: flannel, Cilium, Weave Net, the Amazon VPC CNI, kindnet, Antrea, kube-router, \
                   Kube-OVN and OVN-Kubernetes. The flannel that k3s runs in its own process is recognized by \
                   --flannel-backend in a server's annotation k3s.io/node-args. The contents of /etc/cni/net.d are \
                   not visible through the Kubernetes API.\n\
                   - Warning: Calico and another plugin both provide pod networking; or Canal and another plugin do, \
                   such as a flannel beside that of Canal.\n\
                   - Not reported: plugins that are meant to run together. These are the containers of Canal, any plugin \
                   with a Calico that only enforces policies, and Cilium with cni-chaining-mode generic-veth.\n\
                   - Not reported: plugins on different nodes, as on Amazon EKS Hybrid Nodes. Their DaemonSets \
                   select different nodes, and together have no more pods than there are nodes.\n\
                   - Note: Calico only enforces policies, and the Amazon VPC CNI has ANNOTATE_POD_IP set to \
                   something other than true, or its own policy agent is on.",
        fix: "Remove the unwanted plugin, its file in /etc/cni/net.d and its interfaces on every \
              node, and recreate the pods that it connected. Servers of k3s need \
              --flannel-backend=none --disable-network-policy.",
        source: "projectcalico/calico#6124; containerd and CRI-O, loading of CNI configurations; \
                 manifests of kube-router, Kube-OVN and openshift/cluster-network-operator; \
                 Amazon EKS user guide, Configure CNI for hybrid nodes; k3s-io/k3s v1.31, \
                 pkg/agent/config/config.go (CNIConfDir); Calico documentation, Amazon EKS",
    },
    needs: &[&DAEMON_SETS],
    // That Cilium is chained to Calico, or that the plugins have nodes of their own.
    excuses: &[&CILIUM_CONFIG, &NODES],
    judges: Judges::Configured,
    find: |case| {
        let Some(Calico { object, node, name }) = calico(case) else {
            return beside_policies(case);
        };
        let is_apart = |set: &DaemonSet| {
            node.is_some_and(|node| placement::are_apart(case.snapshot, node, set))
        };
        others(case)
            .filter(|(_, plugin)| *plugin != CILIUM || !is_chained(case))
            .filter(|(set, _)| !is_apart(set))
            .map(|(set, plugin)| finding(case, (&object, name), set, plugin))
            .chain(flannel_of_k3s(case, (&object, name)))
            .collect()
    },
};

/// What is wrong with another plugin that is meant to be there.
fn beside_policies(case: &Case) -> Vec<Finding> {
    let enforces = CalicoNode::current(case.snapshot).is_some();
    let vpc = others(case).filter(|(_, plugin)| enforces && *plugin == AMAZON_VPC);
    vpc.flat_map(|(set, _)| amazon_vpc::beside_policies(&OTHER_PLUGIN.entry, set))
        .collect()
}

/// What provides pod networking for Calico: calico-node or Canal, or else the Installation from which the operator will
/// create calico-node.
struct Calico<'a> {
    object: ObjectRef,
    node: Option<&'a DaemonSet>,
    name: &'static str,
}

const CANAL: &str = "Canal";

fn calico<'a>(case: &Case<'a>) -> Option<Calico<'a>> {
    if is_done_by_another_plugin(case.snapshot, &case.facts.install) {
        return None;
    }
    let Some(node) = CalicoNode::current(case.snapshot) else {
        case.facts.installation.as_ref()?;
        return Some(Calico {
            object: ObjectRef::installation(),
            node: None,
            name: "Calico",
        });
    };
    let is_canal = node.is_canal();
    let connects = is_canal || node.connects_pods() == Some(true);
    connects.then(|| Calico {
        object: node.object(),
        node: Some(node.set),
        name: if is_canal { CANAL } else { "Calico" },
    })
}

/// Whether Cilium only adds its policies to the interfaces that Calico creates. The other modes chain it to other
/// plugins, and portmap to Cilium.
/// Source: Cilium documentation, CNI Chaining (`cni-chaining-mode`: none, aws-cni, flannel, generic-veth, portmap).
fn is_chained(case: &Case) -> bool {
    let config = case.snapshot.cilium_config.read();
    let mode = config.and_then(|config| entry(config, "cni-chaining-mode"));
    mode == Some("generic-veth")
}

/// Cilium, which GKE calls Dataplane V2.
pub(crate) const CILIUM: &str = "Cilium";

const FLANNEL: &str = "flannel";

const KUBE_OVN: &str = "Kube-OVN";

const KUBE_ROUTER: &str = "kube-router";

const AMAZON_VPC: &str = "the Amazon VPC CNI";

/// The network plugin that a DaemonSet runs, by the name of its container.
fn plugin(set: &DaemonSet) -> Option<&'static str> {
    const CONTAINERS: [(&str, &str); 9] = [
        ("antrea-agent", "Antrea"),
        (amazon_vpc::CONTAINER, AMAZON_VPC),
        ("cilium-agent", CILIUM),
        ("cni-server", KUBE_OVN),
        ("kindnet-cni", "kindnet"),
        ("kube-flannel", FLANNEL),
        (KUBE_ROUTER, KUBE_ROUTER),
        ("ovn-controller", "OVN-Kubernetes"),
        ("weave", "Weave Net"),
    ];
    let pod = daemon_set::pod(set).filter(|_| daemon_set::is_scheduled(set))?;
    // It can also be a proxy for Services only.
    let connects_pods = |name: &str| {
        let init = pod.init_containers.iter().flatten();
        let mut init = init.map(|container| container.name.as_str());
        name != KUBE_ROUTER || init.any(|name| name.starts_with("install-cni"))
    };
    let known = |name: &str| CONTAINERS.iter().find(|(container, _)| *container == name);
    if pod
        .containers
        .iter()
        .any(|container| container.name == "calico-node")
    {
        return None;
    }
    pod.containers
        .iter()
        .filter(|container| connects_pods(&container.name))
        .find_map(|container| known(&container.name))
        .map(|(_, plugin)| *plugin)
}

/// The DaemonSets of other plugins. Canal's contains flannel and Calico, and is not one of them.
pub(crate) fn others<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a DaemonSet, &'static str)> {
    let sets = case.snapshot.daemon_sets.items().iter();
    sets.filter_map(|set| Some((set, plugin(set)?)))
}

/// Whether flannel runs beside Calico, so that there is a finding about both.
pub(crate) fn has_flannel(case: &Case) -> bool {
    let mut found = (OTHER_PLUGIN.find)(case).into_iter();
    found.any(|finding| finding.message.contains(FLANNEL))
}

/// Whether a network plugin other than Calico runs.
pub(crate) fn is_there(case: &Case) -> bool {
    others(case).next().is_some()
}

fn finding(
    case: &Case,
    (calico, name): (&ObjectRef, &str),
    set: &DaemonSet,
    plugin: &str,
) -> Finding {
    let meta = &set.metadata;
    let object = ObjectRef::of_object("DaemonSet", meta);
    let found = Finding::warning(
        &OTHER_PLUGIN.entry,
        &object,
        format!("{plugin} and {name} both provide pod networking"),
    );
    let found = match daemon_set::counted(set) {
        Some(status) => found
            .evidence(
                &object,
                "status.desiredNumberScheduled",
                status.desired_number_scheduled,
            )
            .in_manifest(format!(
                "do not apply these manifests while {plugin} provides pod networking: remove it first"
            )),
        None => found
            .exists(&object)
            .in_manifest("leave one of the two network plugins out of the manifests"),
    };
    found
    .exists(calico)
    .impact(if name == CANAL && plugin == FLANNEL {
        "two flannel daemons on a node use the same subnet of the node and the same interface; on each node the first file \
         in /etc/cni/net.d wins, and pods connected by the other plugin have no policies"
    } else {
        "on each node the first file in /etc/cni/net.d wins; pods connected by the other plugin \
         have addresses that Calico does not know, and no policies"
    })
    .fix(format!("{}{}", services_first(case, plugin), if plugin == AMAZON_VPC {
        "to enforce policies only, install Calico by the operator with cni.type: AmazonVPC, or by \
         the manifest calico-policy-only.yaml; to replace the Amazon VPC CNI, delete the \
         DaemonSet aws-node and its file in /etc/cni/net.d on every node, and recreate the pods \
         that it connected"
    } else {
        "find out which of the two connects the pods; delete the unwanted plugin's DaemonSet and \
         its file in /etc/cni/net.d on every node, and recreate the pods that it connected"
    }))
    .paste(pods_of_a_node(case))
}

/// What comes before a plugin is removed that can replace kube-proxy.
fn services_first(case: &Case, plugin: &str) -> &'static str {
    let can_replace = [CILIUM, KUBE_ROUTER, KUBE_OVN, "Antrea", "OVN-Kubernetes"].contains(&plugin);
    let platform = case.facts.cluster.platform.value();
    let elsewhere = kube_proxy::disabled(case.snapshot).is_none()
        && platform.is_some_and(|it| it.implements_services());
    if can_replace && !elsewhere && !kube_proxy::is_scheduled(case.snapshot) {
        "no kube-proxy runs, and this plugin may implement Services: before you remove it, install kube-proxy. Then "
    } else {
        ""
    }
}

/// What the flannel of k3s does beside Calico.
pub(crate) const CONNECTED_BY_FLANNEL: &str = "containerd reads the CNI configuration in the directory of k3s, not in /etc/cni/net.d: flannel connects the \
     pods, their addresses are unknown to Calico, and no policy applies to them";

/// flannel that k3s runs in its own process. Its containerd then reads another directory than Calico writes to.
fn flannel_of_k3s(case: &Case, (calico, name): (&ObjectRef, &str)) -> Option<Finding> {
    let servers: Vec<ServerArguments> = ServerArguments::all(case.snapshot).collect();
    let (server, (backend, from)) = servers
        .iter()
        .find_map(|server| Some((server, server.flannel_backend()?)))?;
    Some(
        Finding::warning(
            &OTHER_PLUGIN.entry,
            &server.node,
            format!("the flannel built into k3s and {name} both provide pod networking"),
        )
        .read(&from, backend)
        .exists(calico)
        .impact(CONNECTED_BY_FLANNEL)
        .in_manifest(
            "before applying the manifests, start all servers with --flannel-backend=none \
             --disable-network-policy",
        )
        .fix(
            "in a maintenance window, set flannel-backend: none and disable-network-policy: true in the \
             configuration of all servers, restart k3s on every node, and recreate the pods that flannel \
             connected",
        )
        .paste(pods_of_a_node(case)),
    )
}

/// Shows the addresses of the pods on one of the nodes: one that flannel set up last, if there is one.
fn pods_of_a_node(case: &Case) -> String {
    let nodes = case.snapshot.nodes.items().iter();
    let nodes = nodes.filter(|node| node.is_linux() && !node.is_virtual());
    let node = nodes.max_by_key(|node| {
        let network = node.condition("NetworkUnavailable");
        let by_flannel = network.is_some_and(|found| found.reason == "FlannelIsUp");
        (by_flannel, Reverse(&node.metadata.name))
    });
    format!(
        "kubectl get pods -A -o wide --field-selector spec.nodeName={}",
        node.map_or("NODE", |node| pasted(&node.metadata.name))
    )
}
