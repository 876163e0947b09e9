//! Whether every node has a pod CIDR of its own, if pods get their addresses from it.

use std::collections::BTreeMap;

use calico_core::catalog::Entry;

use crate::assess::advice::perhaps_new::perhaps_new;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::platform::Platform;
use crate::phrases::few;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, INSTALLATIONS, NODES, PENDING_PODS};
use crate::snapshot::{Node, ObjectRef, Pod};
use crate::views::calico_node::CalicoNode;
use crate::views::{joining, placement, pods};

pub(crate) const POD_CIDR_MISSING: Check = Check {
    entry: Entry {
        code: "CAL230",
        title: "a node has no podCIDR for host-local IPAM, or shares it with another node",
        meaning: "With host-local IPAM, pods get their addresses from the podCIDR of their node \
                  (spec.podCIDR). A node has none, or two nodes have the same one.",
        impact: "Without a podCIDR, new pods on the node stay in ContainerCreating. If two nodes have the same \
                 podCIDR, their pods get the same addresses, and traffic reaches only one of the pods.",
        criteria: "Pods get their addresses from host-local IPAM, and the node runs calico-node on Linux. Nodes that \
                   have just joined do not count.\n\
                   - Error: two nodes have the same podCIDR.\n\
                   - Error: a node has none, and a pod in kube-system waits there for its network.\n\
                   - Warning: a node has none. Pods that already run there are not affected.",
        fix: "Have the controller manager assign podCIDRs (--allocate-node-cidrs=true, and a --cluster-cidr with room \
              for every node), or use the cloud's controller. On AKS and GKE, the platform assigns them, as long as the pod \
              CIDR of the cluster has room. EKS assigns none: use Calico's IPAM there. A podCIDR cannot be changed: if a node has that of \
              another one, delete the node, and let it join again.",
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/k8s/k8s.go (usePodCidr); kubernetes v1.34, \
                 pkg/controller/nodeipam/ipam/range_allocator.go",
    },
    needs: &[
        &NODES,
        &DAEMON_SETS,
        &INSTALLATIONS,
        &CALICO_PODS,
        &PENDING_PODS,
    ],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        if !case.facts.by_pod_cidr() || case.facts.routing.is_by_others() {
            return Vec::new();
        }
        let nodes = nodes(case);
        same(&nodes)
            .or_else(|| missing(case, &nodes))
            .into_iter()
            .collect()
    },
};

/// The nodes on which Calico connects pods.
pub(super) fn nodes<'a>(case: &Case<'a>) -> Vec<&'a Node> {
    let Some(calico) = CalicoNode::current(case.snapshot) else {
        return Vec::new();
    };
    if calico.is_canal() || calico.connects_pods() != Some(true) {
        return Vec::new();
    }
    let joining = joining::nodes(case.snapshot);
    let nodes = case.snapshot.nodes.items().iter();
    nodes
        .filter(|node| node.is_linux() && !node.is_virtual())
        .filter(|node| placement::is_meant_for(case.snapshot, &calico, &node.metadata.name))
        .filter(|node| {
            let mut joining = joining.iter();
            !joining.any(|new| new.metadata.name == node.metadata.name)
        })
        .collect()
}

fn same(nodes: &[&Node]) -> Option<Finding> {
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in nodes {
        for cidr in &node.spec.pod_cidrs {
            owners.entry(cidr).or_default().push(&node.metadata.name);
        }
    }
    let shared: Vec<(&str, Vec<&str>)> = owners
        .into_iter()
        .filter(|(_, nodes)| nodes.len() > 1)
        .collect();
    let (_, names) = shared.first()?;
    let finding = Finding::error(
        &POD_CIDR_MISSING.entry,
        ObjectRef::named("Node", *names.first()?),
        format!("nodes have the same podCIDR: {}", few(names)),
    );
    let finding = finding.for_few(shared.iter(), |finding, (cidr, names)| {
        finding.for_few(names.iter(), |finding, name| {
            finding.evidence(ObjectRef::named("Node", *name), "spec.podCIDRs", cidr)
        })
    });
    Some(
        finding
            .impact("pods on these nodes get the same addresses")
            .fix(
                "drain all but one of these nodes, delete those, and let them join again: podCIDRs are immutable, \
                 and the controller manager assigns new ones",
            ),
    )
}

fn missing(case: &Case, nodes: &[&Node]) -> Option<Finding> {
    let without: Vec<&Node> = nodes
        .iter()
        .copied()
        .filter(|node| node.spec.pod_cidrs.is_empty())
        .collect();
    let names: Vec<&str> = without
        .iter()
        .map(|node| node.metadata.name.as_str())
        .collect();
    let mut pending = case.snapshot.pending_pods.items().iter();
    let is_waiting = |pod: &Pod| {
        !pod.spec.host_network && pods::has_no_sandbox(pod) && joining::is_on(&without, pod)
    };
    let severity = if pending.any(is_waiting) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding = Finding::new(
        &POD_CIDR_MISSING.entry,
        severity,
        ObjectRef::named("Node", *names.first()?),
        format!("no podCIDR for {}", few(&names)),
    );
    let finding = finding.for_few(names.iter(), |finding, name| {
        finding.evidence(ObjectRef::named("Node", *name), "spec.podCIDRs", "none")
    });
    let finding = finding
        .impact("host-local IPAM has no addresses for new pods on these nodes")
        .fix(assigned_by(case))
        .paste("kubectl get nodes -o custom-columns=NAME:.metadata.name,PODCIDR:.spec.podCIDR");
    let has_one = |node: &&Node| !node.spec.pod_cidrs.is_empty();
    let is_new = |node: &&Node| {
        let fine = nodes.iter().copied().filter(has_one);
        joining::may_be_new(case.snapshot, node, fine)
    };
    Some(perhaps_new(finding, without.iter().all(is_new)))
}

/// What assigns podCIDRs: nobody can configure the controller manager of a managed platform.
/// Source: the documentation of AKS (kubenet), GKE (VPC-native clusters) and EKS.
pub(crate) fn assigned_by(case: &Case) -> &'static str {
    match case.facts.cluster.platform.value() {
        Some(Platform::Aks) => {
            "AKS assigns podCIDRs to nodes: with fewer of them than nodes, the pod CIDR of the cluster has no room for more \
             (az aks show, networkProfile.podCidr). Remove nodes, or create a cluster with a larger one. If no node has \
             one, AKS does not assign any with its network plugin: use Calico's IPAM in the Installation"
        }
        Some(Platform::Gke) => {
            "GKE assigns podCIDRs to nodes from the secondary range of the cluster: if that has no room, add a range, and \
             create a node pool that uses it"
        }
        Some(Platform::Eks) => {
            "EKS assigns no podCIDRs: use Calico's IPAM in place of host-local in the Installation"
        }
        _ => {
            "have the controller manager assign them: --allocate-node-cidrs=true, and a --cluster-cidr with room \
             for every node; or the cloud's controller"
        }
    }
}
