//! Whether the pools agree with the pod network that Kubernetes was set up with.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pod_network::hold;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools, listed_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::facts::networks::Network;
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::pool_fixes::{relist, relocate};
use crate::snapshot::resources::{IP_POOLS, KUBEADM_CONFIG};

pub(crate) const POOL_OUTSIDE_POD_NETWORK: Check = Check {
    entry: Entry {
        code: "CAL201",
        title: "a pool is outside of the pod network",
        meaning: "A pool that pods get addresses from is not inside of the pod network that \
                Kubernetes was set up with. Where no pool is live yet, the pools that the \
                Installation asks for are judged.",
        impact: "kube-proxy takes traffic from such pods for traffic from outside of the cluster \
                  and replaces its source address, so that network policies no longer match it. \
                  The operator makes no such pool on a new cluster: the install never ends. Up to \
                  1.32 (Calico 3.27) it asks for it again on every change, and stops.",
        criteria: "A pool is inside when one CIDR of the pod network holds all of it. It is an \
                 error where the pod network is read from kubeadm-config or OpenShift's Network, \
                 which the operator enforces, and a warning for every other source. A live pool \
                 that is disabled or not for pods does not count, nor does a live IPv6 pool in a \
                 cluster whose pod network has no IPv6; calico-node makes an IPv6 pool of a \
                 random range by itself, so that one is at most a warning where it was installed \
                 from manifests. The operator makes no such difference for pools that it is to \
                 make. Up to 1.32 what the Installation lists is judged beside live pools, \
                 too. The nodes' own podCIDRs are parts of the pod network and say nothing of \
                 its end.",
        fix: "Make the pool a part of the pod network. The CIDR of a live pool cannot be changed: \
              add a pool inside of the pod network, disable the old one, and recreate the pods.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go (cidrWithinCidr); \
                 projectcalico/calico#5952, #13704",
    },
    needs: &[&IP_POOLS, &KUBEADM_CONFIG],
    judges: Judges::Requested {
        remedy: Remedy::Cidr,
    },
    find: |case| {
        let Some(network) = case.facts.networks.best() else {
            return Vec::new();
        };
        let mut pools = candidate_pools(case);
        pools.retain(|pool| is_outside(pool, network));
        let findings = pools.iter().filter_map(|pool| finding(case, pool, network));
        let mut findings: Vec<Finding> = findings.collect();
        let only_listed = listed_beside_live(case, network)
            .filter(|listed| !pools.iter().any(|pool| pool.cidr == listed.cidr));
        findings.extend(only_listed.map(|pool| listed(case, &pool, network)));
        findings
    },
};

fn is_outside(pool: &CandidatePool, network: &Network) -> bool {
    pool.network.is_some_and(|cidr| {
        let counts = match pool.live {
            None if network.is_enforced() => true,
            _ => pool.serves_pods && network.of_family(cidr.family()).next().is_some(),
        };
        counts && !hold(&network.cidrs, &cidr)
    })
}

/// What the Installation lists outside of the network beside live pools. From 1.34 on the operator
/// does not ask any more where a pool is live.
fn listed_beside_live<'a>(
    case: &Case<'a>,
    network: &Network,
) -> impl Iterator<Item = CandidatePool<'a>> {
    let installation = case.facts.installation.as_ref();
    let asks_again = installation.is_some_and(|asked| !asked.changes_live_pools())
        && network.is_enforced()
        && !case.facts.known_pools().is_empty();
    let listed = asks_again.then(|| listed_pools(case)).into_iter().flatten();
    let outside: Vec<CandidatePool> = listed.filter(|pool| is_outside(pool, network)).collect();
    outside.into_iter()
}

fn listed(case: &Case, pool: &CandidatePool, network: &Network) -> Finding {
    Finding::error(
        &POOL_OUTSIDE_POD_NETWORK.entry,
        pool.object(),
        format!(
            "{} is outside of the pod network {}",
            pool.cidr,
            network.list()
        ),
    )
    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
    .read(&network.from, network.list())
    .impact(
        "the operator refuses it on every change, and carries nothing out; no pod has an address \
         from it",
    )
    .fixed_by_all(relist(case, pool, &network.cidrs))
}

fn finding(case: &Case, pool: &CandidatePool, network: &Network) -> Option<Finding> {
    let cidr = pool.network?;
    let by_itself =
        pool.live.is_some() && cidr.family() == Family::V6 && !case.facts.install.is_by_operator();
    let severity = match network.is_enforced() && !by_itself {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let finding = Finding::new(
        &POOL_OUTSIDE_POD_NETWORK.entry,
        severity,
        pool.object(),
        format!("{cidr} is outside of the pod network {}", network.list()),
    )
    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
    .read(&network.from, network.list())
    .impact(impact(case, pool, network))
    .fixed_by_all(relocate(case, pool));
    Some(finding)
}

fn impact(case: &Case, pool: &CandidatePool, network: &Network) -> String {
    let taken_for_outside = "kube-proxy takes what these pods send for traffic from outside and \
                             replaces its source address; network policies no longer match it";
    let asked = case
        .facts
        .installation
        .as_ref()
        .filter(|_| network.is_enforced());
    let old_operator = asked.is_some_and(|asked| !asked.changes_live_pools());
    match (pool.live, asked.is_some()) {
        (None, true) => format!(
            "the operator makes no pool, and the install never ends; it says so in TigeraStatus \
             {}: \"is not within the platform's configured pod network CIDR(s)\"",
            if old_operator { "calico" } else { "ippools" }
        ),
        (Some(_), true) if old_operator => {
            format!(
                "{taken_for_outside}; the operator refuses it on every change, and carries nothing out"
            )
        }
        _ => taken_for_outside.to_owned(),
    }
}
