//! Whether a pool overlaps Services or nodes.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;

use crate::assess::advice::misplaced::nodes_inside;
use crate::assess::advice::pool_to_come::to_come;
use crate::assess::advice::relocation::relocate;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools, pools_to_come};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::{counted, few};
use crate::snapshot::resources::{IP_POOLS, IPAM_BLOCKS, KUBEADM_CONFIG, NODES};
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::occupied::{NodeAddress, advertised, api_servers, holds_unassigned, peers};

pub(crate) const OVERLAPS_SERVICES: Check = Check {
    entry: Entry {
        code: "CAL202",
        title: "a pool overlaps the Service CIDR",
        meaning: "A pool overlaps the range from which Services get their cluster IPs, or one of their external addresses \
                  that BGP advertises.",
        impact: "An address can belong to a pod and to a Service at the same time. Traffic to it \
                 goes to the Service's endpoints on every node, and the pod is unreachable; routes \
                 to Service addresses that Calico advertises conflict with routes to pods.",
        criteria: "The Service CIDR comes from OpenShift's Network, kubeadm-config, \
                   --service-cluster-ip-range of kube-apiserver and kube-controller-manager, \
                   --service-cidr of k3s and RKE2, and the ServiceCIDRs; all of them are checked. So are \
                   serviceClusterIPs and, for pools that are not for load balancers, serviceExternalIPs and \
                   serviceLoadBalancerIPs of the BGPConfigurations. \
                   A pool that is disabled and has no pods is ignored. Listed pools that the \
                   operator has yet to create are checked, too. The finding is an error; a warning for external addresses.",
        fix: "Give the pool an unused range. The CIDR of an existing pool is immutable: add \
              another pool, disable this one, and recreate its pods.",
        source: "Calico documentation, IP address management and Advertise Kubernetes service IP addresses",
    },
    needs: &[&IP_POOLS, &KUBEADM_CONFIG],
    // A disabled pool without addresses in use.
    excuses: &[&IPAM_BLOCKS],
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
                        format!("{cidr} overlaps the Service CIDR {service}"),
                    )
                    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
                };
                let found = finding.take().unwrap_or_else(first);
                finding = Some(found.read(&network.from, service));
            }
            finding.or_else(|| overlaps_advertised(case, pool, &cidr))
        };
        found(
            case,
            overlapping,
            "a pod and a Service can have the same address, and the pod is then unreachable",
        )
    },
};

pub(crate) const OVERLAPS_NODES: Check = Check {
    entry: Entry {
        code: "CAL203",
        title: "a pool overlaps the addresses of nodes",
        meaning: "A pool contains the addresses of nodes, of the API server, or of a BGP peer.",
        impact: "Calico treats all addresses of its pools as pod addresses: it may assign a node's \
                 address to a pod, routes to nodes break with the first block that covers one, \
                 tunnels between nodes loop, and traffic from pods to nodes is not masqueraded.",
        criteria: "KUBERNETES_SERVICE_HOST of calico-node and of the ConfigMaps kubernetes-services-endpoint, and peerIP of \
                   BGPPeers count, unless a pod has that address; the finding about a peer is a warning, any other one an \
                   error. The InternalIPs of the nodes count, and, if Calico uses others for all of them, those \
                   (annotations projectcalico.org/IPv4Address and IPv6Address). A pool that is disabled and has no pods \
                   does not count, and neither does one for load balancers; one that the operator has yet to create \
                   does. IPReservations make \
                   no difference: they only keep an address from being assigned twice.",
        fix: "Give the pool an unused range. The CIDR of an existing pool is immutable: add \
              another pool, disable this one, and recreate its pods. If the pod CIDR of the \
              cluster itself contains the nodes, change that first: with kubeadm, podSubnet in \
              kubeadm-config, --cluster-cidr of the controller manager, and clusterCIDR of \
              kube-proxy.",
        source: "Calico documentation, IP address management; projectcalico/calico#962",
    },
    needs: &[&IP_POOLS, &NODES],
    excuses: &[],
    judges: Judges::Requested {
        remedy: Remedy::Cidr,
    },
    find: |case| {
        let inside = |pool: &CandidatePool| {
            let cidr = pool.network.filter(|_| pool.has_pods)?;
            let nodes: Vec<(&str, NodeAddress)> = nodes_inside(case, &cidr).collect();
            let (name, first) = nodes.first()?;
            let names: Vec<&str> = nodes.iter().map(|(name, _)| *name).collect();
            Some(
                Finding::error(
                    &OVERLAPS_NODES.entry,
                    pool.object(),
                    format!(
                        "{cidr} contains the addresses of {}",
                        counted(names.len(), "node")
                    ),
                )
                .evidence(pool.object(), pool.field("cidr"), pool.cidr)
                .evidence(ObjectRef::named("Node", *name), &first.field, first.address)
                .evidence(
                    ObjectRef::all("Node"),
                    format!("{} in {cidr}", first.field),
                    few(&names),
                ),
            )
        };
        let nodes = found(
            case,
            inside,
            "pods can be assigned the addresses of nodes, and routes to nodes lead to pods",
        );
        let others = found(
            case,
            |pool| inside(pool).is_none().then(|| holds_others(case, pool))?,
            "a pod can be assigned that address, and once a node claims the block that covers it, packets to it lead to that \
             node",
        );
        nodes.into_iter().chain(others).collect()
    },
};

/// A pool that overlaps a range of Services that BGP advertises. Pools for load balancers are in the range that they are
/// advertised with.
fn overlaps_advertised(case: &Case, pool: &CandidatePool, cidr: &Cidr) -> Option<Finding> {
    let for_load_balancers = pool.existing.is_some_and(|it| it.for_load_balancers);
    let is_of_cluster = |from: &Provenance| from.field.starts_with("spec.serviceClusterIPs");
    let (range, from) = advertised(case.snapshot)
        .into_iter()
        .find(|(range, from)| {
            range.overlaps(cidr) && (is_of_cluster(from) || !for_load_balancers)
        })?;
    let severity = if is_of_cluster(&from) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let message = format!("{cidr} overlaps {range}, which BGP advertises for Services");
    Some(
        Finding::new(&OVERLAPS_SERVICES.entry, severity, pool.object(), message)
            .evidence(pool.object(), pool.field("cidr"), pool.cidr)
            .read(&from, range)
            .fix(if is_of_cluster(&from) {
                "correct the range in the BGPConfiguration: it must be the Service CIDR"
            } else {
                "give these Services addresses of a range outside all pools, and advertise that one in the \
                 BGPConfiguration"
            }),
    )
}

/// A pool with the address of the API server or of a BGP peer.
fn holds_others(case: &Case, pool: &CandidatePool) -> Option<Finding> {
    let cidr = pool.network.filter(|_| pool.has_pods)?;
    let servers = api_servers(case.snapshot).into_iter();
    let servers = servers.map(|found| (Severity::Error, "the API server", found));
    let peers = peers(case.snapshot).into_iter();
    let peers = peers.map(|found| (Severity::Warning, "a BGP peer", found));
    let (severity, what, (address, from)) = servers
        .chain(peers)
        .find(|(.., (address, _))| holds_unassigned(case.snapshot, &cidr, *address))?;
    let finding = Finding::new(
        &OVERLAPS_NODES.entry,
        severity,
        pool.object(),
        format!("{cidr} contains the address of {what}, {address}"),
    )
    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
    .read(&from, address);
    Some(if severity == Severity::Warning {
        finding.fix(
            "unless it is a pod, give the peer an address outside all pools; if that is impossible, move the pods to a \
             pool without it (kubectl calico plan --cidr)",
        )
    } else {
        finding
    })
}

/// What is found about the pools as they are and as they will be, with its impact and its fix.
fn found(
    case: &Case,
    about: impl Fn(&CandidatePool) -> Option<Finding>,
    impact: &str,
) -> Vec<Finding> {
    let there = candidate_pools(case).into_iter().filter_map(|pool| {
        let finding = about(&pool)?.impact(impact);
        Some(if finding.fix.is_empty() {
            finding.fixed_by_all(relocate(case, &pool))
        } else {
            finding
        })
    });
    let to_come = pools_to_come(case)
        .into_iter()
        .filter_map(|pool| Some(to_come(about(&pool)?, case, &pool, impact)));
    there.chain(to_come).collect()
}

/// Whether pods, tunnels or Services have, or may get, addresses from a pool.
fn is_used(pool: &CandidatePool) -> bool {
    let enabled = pool.existing.is_none_or(|existing| existing.enabled);
    enabled || pool.has_pods
}
