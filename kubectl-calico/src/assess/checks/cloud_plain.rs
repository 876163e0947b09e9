//! Whether the cloud's network passes unencapsulated traffic of pods.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;

use crate::assess::advice::pool_fixes::{encapsulate, routes_of_cloud};
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::facts::cloud::Cloud;
use crate::assess::finding::{Finding, Severity};
use crate::assess::views::node_subnets::is_each_alone;
use crate::snapshot::resources::{CALICO_CONFIG, DAEMON_SETS, INSTALLATIONS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};

pub(crate) const PLAIN_IN_CLOUD: Check = Check {
    entry: Entry {
        code: "CAL317",
        title: "the cloud's network drops unencapsulated pod traffic",
        meaning: "A pool's traffic is unencapsulated, always (None) or within a subnet \
                  (CrossSubnet), and the nodes run in a cloud that drops packets with addresses \
                  it did not assign.",
        impact: "Pods on different nodes in a subnet cannot reach each other; pods on the same \
                 node can.",
        criteria: "Azure and Google Cloud, by the providerID of a node. With routes for the pods' \
                   addresses and IP forwarding on each node's interface, it works; the Kubernetes \
                   API does not show these, so the finding is a warning. On OpenStack and Oracle \
                   Cloud, one setting of each port or VNIC allows such packets, and the finding is a note. It \
                   is also a note with host-local IPAM, where routes to the pod CIDR of each node are enough; \
                   if a node has one from the cloud's route controller (reason RouteCreated of its \
                   condition NetworkUnavailable), there is no finding. Nor is there if CrossSubnet always \
                   encapsulates (CAL302). AWS is CAL309. Only \
                   pools that give, or will give, addresses to pods count, and only if Calico \
                   provides pod networking.",
        fix: "Use VXLAN between all nodes, or create the routes and turn on IP forwarding. VXLAN \
              does not work with host-local IPAM.",
        source: "Calico documentation, Azure and Google Compute Engine; tigera/operator#2161; \
                 kubernetes v1.34, staging/src/k8s.io/cloud-provider/controllers/route; \
                 OpenStack Neutron, port security; Oracle Cloud documentation, VNICs",
    },
    needs: &[&IP_POOLS, &NODES],
    // That host-local IPAM assigns the addresses, for which the cloud has routes.
    excuses: &[&CALICO_CONFIG, &DAEMON_SETS, &INSTALLATIONS],
    judges: Judges::Requested {
        remedy: Remedy::Encapsulation,
    },
    find: |case| {
        let by_pod_cidr = case.facts.by_pod_cidr();
        let nodes = case.snapshot.nodes.items();
        let lacking = nodes.iter().any(Node::lacks_route_of_cloud);
        if by_pod_cidr && !lacking && nodes.iter().any(Node::has_route_of_cloud) {
            return Vec::new();
        }
        let (severity, cloud, needs) = match case.facts.cluster.cloud.value() {
            Some(cloud @ Cloud::Azure) => (
                Severity::Warning,
                cloud,
                "user-defined routes and IP forwarding on each network interface",
            ),
            Some(cloud @ Cloud::Google) => (
                Severity::Warning,
                cloud,
                "routes and canIpForward on each instance",
            ),
            Some(cloud @ Cloud::OpenStack) => (
                Severity::Note,
                cloud,
                "the pod CIDR in the allowed address pairs of each port",
            ),
            Some(cloud @ Cloud::Oracle) => (
                Severity::Note,
                cloud,
                "the source/destination check skipped on each VNIC",
            ),
            _ => return Vec::new(),
        };
        let severity = if by_pod_cidr && !lacking {
            Severity::Note
        } else {
            severity
        };
        let pools = candidate_pools(case);
        let plain = pools
            .iter()
            .filter_map(|pool| plain(case, pool, (severity, *cloud), needs));
        plain.collect()
    },
};

fn plain(
    case: &Case,
    pool: &CandidatePool,
    (severity, cloud): (Severity, Cloud),
    needs: &str,
) -> Option<Finding> {
    let encapsulation = pool.encapsulation.filter(|_| pool.has_pods)?;
    let nodes = case.snapshot.nodes.items();
    let where_ = match encapsulation {
        Encapsulation::None => "",
        Encapsulation::VxlanCrossSubnet | Encapsulation::IpipCrossSubnet
            if is_each_alone(nodes, pool.family()?) =>
        {
            return None;
        }
        Encapsulation::VxlanCrossSubnet | Encapsulation::IpipCrossSubnet => " within a subnet",
        Encapsulation::Vxlan | Encapsulation::Ipip => return None,
    };
    let finding = Finding::new(
        &PLAIN_IN_CLOUD.entry,
        severity,
        pool.object(),
        format!("{} drops unencapsulated pod traffic{where_}", cloud.name()),
    );
    let mut nodes = nodes.iter();
    let finding = match nodes.find(|node| case.facts.by_pod_cidr() && node.lacks_route_of_cloud()) {
        Some(node) => finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "condition NetworkUnavailable",
            "True (NoRouteCreated)",
        ),
        None => finding,
    };
    Some(
        finding
            .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
            .evidence(
                ObjectRef::all("Node"),
                "cloud, by spec.providerID",
                cloud.name(),
            )
            .impact(format!(
                "without {needs}, pods on different nodes{where_} cannot reach each other"
            ))
            .fixed_by_all(if case.facts.by_pod_cidr() {
                vec![routes_of_cloud()]
            } else {
                encapsulate(case, pool, Encapsulation::Vxlan)
            }),
    )
}
