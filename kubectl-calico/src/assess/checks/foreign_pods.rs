//! Whether pods have addresses from Calico's pools.

use std::collections::BTreeMap;
use std::net::IpAddr;

use calico_core::catalog::Entry;

use super::nodes_left_out::NODES_LEFT_OUT;
use super::other_plugins;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::{MOST_NAMES, few, pasted};
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, IPAM_BLOCKS, NODES};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::calico_node::CalicoNode;
use crate::views::ipam_blocks::blocks;
use crate::views::{placement, pods};

pub(crate) const ADDRESS_OUTSIDE_POOLS: Check = Check {
    entry: Entry {
        code: "CAL514",
        title: "a pod has an address that is in no pool",
        meaning: "Another CNI plugin has connected a pod: its address is in none of Calico's pools, and Calico's \
                  IPAM has not assigned it.",
        impact: "Other nodes have no route to the pod, and no policy applies to it. If it is \
                 CoreDNS, names of Services are resolved only on its own node, or not at all.",
        criteria: "The address of CoreDNS is compared with the CIDRs of all pools, enabled or not, if Calico's \
                   CNI and IPAM plugins connect pods; so are those of Calico's own pods that are in the usual \
                   networks of bridges: 10.88.0.0/16 (Podman, CRI-O), 10.85.0.0/16 (CRI-O) and 172.17.0.0/16 \
                   (Docker). An address that is assigned in an IPAMBlock is Calico's (CAL221). Pods with \
                   hostNetwork, pods that are not running, and pods on nodes without calico-node (CAL509) are \
                   ignored, except for CoreDNS pods on such nodes if no other network plugin is found.",
        fix: "On the pod's node, remove the other plugin's file from /etc/cni/net.d (the first one \
              by name is used), restart the container runtime, and recreate the pods that it \
              connected.",
        source: "containerd and CRI-O, loading of CNI configurations; containers/podman, \
                 87-podman-bridge.conflist; cri-o/cri-o, contrib/cni/10-crio-bridge.conflist",
    },
    needs: &[&CALICO_PODS, &IP_POOLS, &DAEMON_SETS],
    // That the plugins have nodes of their own, or that Calico assigned the address.
    excuses: &[&NODES, &IPAM_BLOCKS],
    judges: Judges::Running,
    find: |case| foreign(case).into_iter().collect(),
};

fn foreign(case: &Case) -> Option<Finding> {
    let calico = CalicoNode::current(case.snapshot)?;
    let connects = calico.does_networking() == Some(true) && !calico.is_canal();
    let pools = case.facts.known_pools();
    // A pool that cannot be read may be theirs.
    let readable = !pools.is_empty() && pools.iter().all(|pool| pool.network.is_some());
    if !connects || !readable || case.facts.by_calico_ipam() != Some(true) {
        return None;
    }
    let blocks = blocks(case.snapshot);
    let is_outside = |address: IpAddr| {
        let mut networks = pools.iter().filter_map(|pool| pool.network);
        // Calico has connected a pod whose pool was deleted since: its block is still there (CAL221).
        !networks.any(|network| network.holds(address))
            && !blocks.iter().any(|block| block.assigns(address))
    };
    let pods = case.snapshot.calico_pods.items().iter();
    let pods: Vec<&Pod> = pods
        .filter(|pod| !pod.spec.host_network && pod.status.phase == "Running")
        .filter(|pod| {
            let address: Option<IpAddr> = pod.status.pod_ip.parse().ok();
            let suspect = |address: &IpAddr| pods::app(pod) == "kube-dns" || is_of_bridge(*address);
            address.filter(suspect).is_some_and(is_outside)
        })
        .collect();
    // Last, because it looks at all nodes.
    let (pods, elsewhere): (Vec<&Pod>, Vec<&Pod>) = pods
        .iter()
        .partition(|pod| placement::is_meant_for(case.snapshot, &calico, &pod.spec.node_name));
    connected_otherwise(case, &pods).or_else(|| without_plugin(case, &elsewhere))
}

/// Pods that another plugin connected where Calico should.
fn connected_otherwise(case: &Case, pods: &[&Pod]) -> Option<Finding> {
    let first = pods.first()?;
    let pools = case.facts.known_pools();
    let names: Vec<&str> = pods.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let mut finding = Finding::error(
        &ADDRESS_OUTSIDE_POOLS.entry,
        pods::object(first),
        format!(
            "connected by a CNI plugin other than Calico: {}",
            few(&names)
        ),
    );
    for pod in pods.iter().take(MOST_NAMES) {
        let address = format!("{} (on {})", pod.status.pod_ip, pods::place(pod));
        finding = finding.evidence(pods::object(pod), "status.podIP", address);
    }
    let cidrs: Vec<&str> = pools.iter().map(|pool| pool.cidr.as_str()).collect();
    finding = finding.evidence(ObjectRef::all("IPPool"), "spec.cidr", few(&cidrs));
    let dns = pods.iter().any(|pod| pods::app(pod) == "kube-dns");
    Some(
        finding
            .impact(if dns {
                "other nodes cannot reach CoreDNS, so their pods cannot resolve names of Services"
            } else {
                "other nodes cannot reach these pods, and no policy applies to them"
            })
            .fix(
                "on each node where these pods run, remove the other plugin's file from /etc/cni/net.d, and \
                 restart the container runtime",
            )
            .paste(format!(
                "# on {}\nls /etc/cni/net.d",
                pasted(&first.spec.node_name)
            ))
            .fix("only then recreate these pods")
            .paste(delete(pods)),
    )
}

/// CoreDNS on nodes on which neither Calico nor another plugin that is known runs any more.
fn without_plugin(case: &Case, pods: &[&Pod]) -> Option<Finding> {
    let dns = pods.iter().filter(|pod| pods::app(pod) == "kube-dns");
    let dns: Vec<&Pod> = dns.copied().collect();
    let first = dns.first().filter(|_| !other_plugins::is_there(case))?;
    let names: Vec<&str> = dns.iter().map(|pod| pod.metadata.name.as_str()).collect();
    let finding = Finding::error(
        &ADDRESS_OUTSIDE_POOLS.entry,
        pods::object(first),
        format!(
            "runs on a node with neither calico-node nor another known network plugin: {}",
            few(&names)
        ),
    );
    let finding = finding.for_few(dns.iter(), |finding, pod| {
        let address = format!("{} (on {})", pod.status.pod_ip, pods::place(pod));
        finding.evidence(pods::object(pod), "status.podIP", address)
    });
    Some(
        finding
            .impact("other nodes may not reach CoreDNS, so their pods cannot resolve names of Services")
            .fix(format!(
                "have calico-node, or the network plugin that these nodes are meant to have, run there (see {}), and \
                 then recreate these pods",
                NODES_LEFT_OUT.entry.code
            ))
            .paste("kubectl get daemonsets -A -o wide"),
    )
}

/// Deletes pods, one command for each namespace.
pub(crate) fn delete(pods: &[&Pod]) -> String {
    let mut namespaces: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pod in pods {
        let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
        let names = namespaces.entry(namespace).or_default();
        names.push(pasted(&pod.metadata.name));
    }
    let commands: Vec<String> = namespaces
        .iter()
        .map(|(namespace, names)| {
            format!(
                "kubectl delete pods -n {} {}",
                pasted(namespace),
                names.join(" ")
            )
        })
        .collect();
    commands.join("\n")
}

/// Whether an address is in a network that other plugins' configurations usually have.
fn is_of_bridge(address: IpAddr) -> bool {
    let IpAddr::V4(address) = address else {
        return false;
    };
    matches!(address.octets(), [10, 85 | 88, ..] | [172, 17, ..])
}
