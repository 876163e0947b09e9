//! Whether a pool has addresses that something else has, too.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools, live_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::pool_fixes::{delete, relocate};
use crate::assess::words::{counted, few};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, KUBEADM_CONFIG, NODES};

pub(crate) const OVERLAPS_SERVICES: Check = Check {
    entry: Entry {
        code: "CAL202",
        title: "a pool overlaps the service network",
        meaning: "A pool and the range that Services get their cluster IPs from share addresses.",
        impact: "An address can belong to a pod and to a Service at once. What is sent to it goes \
                  to the Service's endpoints on every node, and the pod is cut off; routes to \
                  service addresses that Calico advertises are taken for routes to pods.",
        criteria: "The service network is what OpenShift's Network, kubeadm-config, kube-apiserver's \
                 or kube-controller-manager's --service-cluster-ip-range, k3s' and RKE2's \
                 --service-cidr and the ServiceCIDRs say, each of them. A pool that is disabled \
                 and has no pods does not count. Where no pool is live yet, the pools that the \
                 Installation asks for are judged.",
        fix: "Give the pool a range of its own. The CIDR of a live pool cannot be changed: add \
              another pool, disable this one, and recreate its pods.",
        source: "Calico's documentation, IP address management",
    },
    needs: &[&IP_POOLS, &KUBEADM_CONFIG],
    judges: Judges::Requested {
        remedy: Remedy::Cidr,
    },
    find: |case| {
        let services = &case.facts.networks.services;
        let overlapping = |pool: &CandidatePool| {
            let cidr = pool.network.filter(|_| is_used(pool))?;
            let mut finding: Option<Finding> = None;
            for network in services {
                let Some(service) = network.cidrs.iter().find(|found| found.overlaps(&cidr)) else {
                    continue;
                };
                let first = || {
                    Finding::error(
                        &OVERLAPS_SERVICES.entry,
                        pool.object(),
                        format!("{cidr} overlaps the service network {service}"),
                    )
                    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
                };
                let found = finding.take().unwrap_or_else(first);
                finding = Some(found.read(&network.from, service));
            }
            Some(
                finding?
                    .impact(
                        "a pod and a Service can have the same address, and the pod is then out of \
                         reach",
                    )
                    .fixed_by_all(relocate(case, pool)),
            )
        };
        candidate_pools(case)
            .iter()
            .filter_map(overlapping)
            .collect()
    },
};

pub(crate) const OVERLAPS_NODES: Check = Check {
    entry: Entry {
        code: "CAL203",
        title: "a pool overlaps the addresses of nodes",
        meaning: "A pool holds the addresses of nodes.",
        impact: "Calico treats the addresses of its pools as those of pods: it may give a node's \
                  address to a pod, routes to the nodes go wrong with the first block that covers \
                  one, tunnels between nodes lead into themselves, and traffic from pods to nodes \
                  is not masqueraded.",
        criteria: "The InternalIPs of the nodes count. A pool that is disabled and has no pods does \
                 not, nor one for load balancers. IPReservations, which keep single addresses out \
                 of a pool's use, are not read: they prevent the double use of an address, and \
                 nothing else of this.",
        fix: "Give the pool a range of its own. The CIDR of a live pool cannot be changed: add \
              another pool, disable this one, and recreate its pods.",
        source: "Calico's documentation, IP address management; projectcalico/calico#962",
    },
    needs: &[&IP_POOLS, &NODES],
    judges: Judges::Requested {
        remedy: Remedy::Cidr,
    },
    find: |case| {
        let inside = |pool: &CandidatePool| {
            let cidr = pool.network.filter(|_| pool.has_pods)?;
            let nodes: Vec<(&str, Cidr)> = node_addresses(case)
                .filter(|(_, address)| cidr.contains(address))
                .collect();
            let (name, first) = nodes.first()?;
            let names: Vec<&str> = nodes.iter().map(|(name, _)| *name).collect();
            Some(
                Finding::error(
                    &OVERLAPS_NODES.entry,
                    pool.object(),
                    format!(
                        "{cidr} holds the addresses of {}",
                        counted(names.len(), "node")
                    ),
                )
                .evidence(pool.object(), pool.field("cidr"), pool.cidr)
                .evidence(
                    ObjectRef::named("Node", *name),
                    "InternalIP",
                    first.address(),
                )
                .evidence(
                    ObjectRef::all("Node"),
                    format!("InternalIP in {cidr}"),
                    few(&names),
                )
                .impact(
                    "pods can get the addresses of nodes, and routes between the nodes lead to \
                     pods",
                )
                .fixed_by_all(relocate(case, pool)),
            )
        };
        candidate_pools(case).iter().filter_map(inside).collect()
    },
};

pub(crate) const OVERLAPS_POOL: Check = Check {
    entry: Entry {
        code: "CAL204",
        title: "two pools overlap",
        meaning: "Two pools share addresses.",
        impact: "Their blocks collide: with different block sizes an address can be given out \
                  twice, with equal ones a block counts for whichever pool comes first. Calico's \
                  API then refuses every change to either (IPPool CIDR overlaps). It also keeps \
                  such pools from being made; the first pools of an install, and what is written \
                  to the CRDs, pass it by.",
        criteria: "Every two live pools are compared. It is an error where both give out addresses, \
                 else a warning. What the Installation asks for is judged by CAL110.",
        fix: "Keep one: disable the other, recreate its pods, and delete it.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; \
                 kube-controllers/pkg/controllers/ippool/pool_controller.go",
    },
    needs: &[&IP_POOLS],
    judges: Judges::Running,
    find: |case| {
        let pools = live_pools(case);
        let overlapping = pools.iter().enumerate().filter_map(|(at, one)| {
            let range = one.network?;
            let shares = |other: &&CandidatePool| other.network.is_some_and(|o| o.overlaps(&range));
            let others: Vec<&CandidatePool> = pools.iter().skip(at + 1).filter(shares).collect();
            Some(overlap(case, one, others.first()?, others.len()))
        });
        overlapping.collect()
    },
};

/// A pool of which pods, tunnels or Services have addresses, or may have.
fn is_used(pool: &CandidatePool) -> bool {
    let enabled = pool.live.is_none_or(|live| live.enabled);
    enabled || pool.has_pods
}

/// That a pool overlaps another, the first of so many.
fn overlap(case: &Case, one: &CandidatePool, other: &CandidatePool, count: usize) -> Finding {
    let enabled = |pool: &CandidatePool| pool.live.is_none_or(|live| live.enabled);
    let severity = match enabled(one) && enabled(other) {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let in_use = |pool: &CandidatePool| {
        let usage = pool.live.and_then(|live| live.usage.value());
        usage.map_or(0, |usage| usage.in_use)
    };
    // The one that fewer addresses come from goes.
    let goes = if in_use(one) < in_use(other) {
        one
    } else {
        other
    };
    let fix = goes.live.map_or_else(Vec::new, |pool| {
        let stays = if std::ptr::eq(goes, one) { other } else { one };
        let stays = stays.live.map_or("the other", |pool| pool.name.as_str());
        delete(case, pool, &format!("keep {stays}"))
    });
    Finding::new(
        &OVERLAPS_POOL.entry,
        severity,
        one.object(),
        match count {
            1 => format!("{} overlaps {}, another pool", one.cidr, other.cidr),
            count => format!("{} overlaps {count} other pools", one.cidr),
        },
    )
    .evidence(one.object(), one.field("cidr"), one.cidr)
    .evidence(other.object(), other.field("cidr"), other.cidr)
    .impact(
        "an address can be given out twice, and Calico's API refuses every change to either pool",
    )
    .fixed_by_all(fix)
}

/// The addresses of nodes, each with its node's name.
fn node_addresses<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a str, Cidr)> {
    case.snapshot.nodes.items().iter().flat_map(|node| {
        node.internal_addresses()
            .filter_map(|address| address.parse().ok())
            .map(|address| (node.metadata.name.as_str(), Cidr::of_address(address)))
    })
}
