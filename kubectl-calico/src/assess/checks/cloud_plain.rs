//! Whether the cloud's network passes unencapsulated traffic of pods.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;

use crate::assess::advice::pool_fixes::{encapsulate, routes_of_cloud};
use crate::assess::advice::relocation::moved_anyway;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::facts::cloud::Cloud;
use crate::facts::cloud_network::Unencapsulated;
use crate::phrases::few;
use crate::repair::Step;
use crate::repair::step::either;
use crate::snapshot::resources::{CALICO_CONFIG, DAEMON_SETS, INSTALLATIONS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::node_subnets::is_each_alone;

pub(crate) const PLAIN_IN_CLOUD: Check = Check {
    entry: Entry {
        code: "CAL317",
        title: "the cloud's network drops unencapsulated pod traffic",
        meaning: "A pool's traffic is unencapsulated, always (None) or within a subnet \
                  (CrossSubnet), and the nodes run in a cloud that drops packets with addresses \
                  it did not assign.",
        impact: "Pods on different nodes in a subnet cannot reach each other; pods on the same \
                 node can.",
        criteria: "The cloud is recognized by the providerID of a node; AWS is covered by CAL309. Only pools \
                   that give, or will give, addresses to pods count, and only if Calico provides pod \
                   networking.\n\
                   - Warning: Azure or Google Cloud. Such traffic passes with routes for the pods' addresses \
                   and IP forwarding on each node's interface, which the Kubernetes API does not show.\n\
                   - Note: OpenStack or Oracle Cloud, where one setting of each port or VNIC lets it pass.\n\
                   - Note: host-local IPAM on Azure or Google Cloud, where routes to the pod CIDR of each node \
                   are enough.\n\
                   - Error: host-local IPAM, and a node has no such route from the cloud's route controller \
                   (reason NoRouteCreated of its condition NetworkUnavailable).\n\
                   - Not reported: host-local IPAM, and nodes have such routes (reason RouteCreated).\n\
                   - Not reported: a pool with CrossSubnet that always encapsulates (CAL302).",
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
        let pools = candidate_pools(case);
        if by_pod_cidr && pools.iter().all(is_plain) {
            let lacking: Vec<&Node> = nodes
                .iter()
                .filter(|it| it.lacks_route_of_cloud())
                .collect();
            let found = without_route(&lacking);
            if found.is_some() || nodes.iter().any(Node::has_route_of_cloud) {
                return found.into_iter().collect();
            }
        }
        let Some(cloud) = case.facts.cluster.cloud.value().copied() else {
            return Vec::new();
        };
        let Some(dropping) = dropping(case, cloud) else {
            return Vec::new();
        };
        let plain = pools
            .iter()
            .filter_map(|pool| plain(case, pool, cloud, &dropping));
        plain.collect()
    },
};

/// How the cloud drops the packets, in the words of the finding.
struct Dropping {
    severity: Severity,
    /// When it passes them, after the statement that it drops them.
    unless: &'static str,
    /// What must be the case for pods to reach each other, as a clause.
    needs: &'static str,
    /// How to have it pass them.
    allow: &'static str,
}

fn dropping(case: &Case, cloud: Cloud) -> Option<Dropping> {
    Some(match cloud.network().unencapsulated {
        Unencapsulated::WithRoutes { needs, allow } => Dropping {
            severity: if case.facts.by_pod_cidr() {
                Severity::Note
            } else {
                Severity::Warning
            },
            unless: "for which it has no routes",
            needs,
            allow,
        },
        Unencapsulated::WithSetting {
            unless,
            needs,
            allow,
        } => Dropping {
            severity: Severity::Note,
            unless,
            needs,
            allow,
        },
        // CAL309 is about the latter.
        Unencapsulated::NotKnownToBeDropped | Unencapsulated::WithoutSourceCheck => return None,
    })
}

/// Whether nothing of Calico carries the traffic of a pool between nodes.
fn is_plain(pool: &CandidatePool) -> bool {
    pool.encapsulation == Some(Encapsulation::None)
}

/// Nodes for whose pods the cloud's route controller has made no route. It has a finding of another check if
/// Calico provides the routes.
/// Source: kubernetes v1.34, staging/src/k8s.io/cloud-provider/controllers/route/route_controller.go.
fn without_route(nodes: &[&Node]) -> Option<Finding> {
    let first = nodes.first()?;
    let object = |node: &Node| ObjectRef::named("Node", &node.metadata.name);
    let names: Vec<&str> = nodes
        .iter()
        .map(|node| node.metadata.name.as_str())
        .collect();
    let finding = Finding::error(
        &PLAIN_IN_CLOUD.entry,
        object(first),
        format!("the cloud has no route to the pods of {}", few(&names)),
    );
    let finding = finding.for_few(nodes.iter(), |finding, node| {
        finding.evidence(
            object(node),
            "condition NetworkUnavailable",
            "True (NoRouteCreated)",
        )
    });
    Some(
        finding
            .impact(
                "pods there and on other nodes cannot reach each other, and no new pods are scheduled there",
            )
            .fix(
                "find out from the events and the log of the cloud controller manager why its route controller \
                 creates none: a quota of routes, a missing permission, or a node without podCIDR",
            )
            .paste("kubectl get events -A --field-selector reason=FailedToCreateRoute"),
    )
}

fn plain(case: &Case, pool: &CandidatePool, cloud: Cloud, dropping: &Dropping) -> Option<Finding> {
    let encapsulation = pool.encapsulation.filter(|_| pool.has_pods)?;
    let nodes = case.snapshot.nodes.items();
    let where_ = if encapsulation == Encapsulation::None {
        ""
    } else if encapsulation.is_cross_subnet() && !is_each_alone(nodes, pool.family()?) {
        " within a subnet"
    } else {
        return None;
    };
    let Dropping {
        severity,
        unless,
        needs,
        allow,
    } = *dropping;
    let moved = pool.existing.and_then(|pool| moved_anyway(case, pool));
    let steps = if let Some(moved) = moved {
        moved
    } else if case.facts.by_pod_cidr() {
        vec![routes_of_cloud()]
    } else {
        let pass = Step::new(format!(
            "none needed if pods on different nodes{where_} reach each other; otherwise {allow}"
        ));
        either([vec![pass], encapsulate(case, pool, Encapsulation::Vxlan)])
    };
    Some(
        Finding::new(
            &PLAIN_IN_CLOUD.entry,
            severity,
            pool.object(),
            format!(
                "{} drops unencapsulated pod traffic{where_} {unless}",
                cloud.name()
            ),
        )
        .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
        .evidence(
            ObjectRef::all("Node"),
            "cloud, by spec.providerID",
            cloud.name(),
        )
        .impact(format!(
            "unless {needs}, pods on different nodes{where_} cannot reach each other"
        ))
        .fixed_by_all(steps),
    )
}
