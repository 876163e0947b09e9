//! Whether the pools are inside the pod CIDR that Kubernetes was configured with.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pod_network::{Source, hold};

use crate::assess::advice::misplaced::is_without_kube_proxy;
use crate::assess::advice::pool_to_come::to_come;
use crate::assess::advice::relocation::{is_renumbered, relist, relocate};
use crate::assess::candidate_pools::{CandidatePool, candidate_pools, listed_pools, pools_to_come};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, FindingRef, Severity};
use crate::facts::networks::ConfiguredNetwork;
use crate::snapshot::Provenance;
use crate::snapshot::resources::{
    CALICO_CONFIG, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS, KUBE_PROXY,
    KUBEADM_CONFIG, OPERATORS,
};
use crate::views::calico_node::CalicoNode;

/// The finding that the Installation has another CIDR for the pool. Its file imports this one.
const POOLS_DIFFER: &str = "CAL208";

pub(crate) const POOL_OUTSIDE_POD_NETWORK: Check = Check {
    entry: Entry {
        code: "CAL201",
        title: "a pool is outside the pod CIDR",
        meaning: "A pool for pods is not within the pod CIDR that Kubernetes was configured with. If no pool \
                  exists yet, the listed ones are checked.",
        impact: "kube-proxy treats traffic from these pods to Services as coming from outside the cluster and \
                 replaces its source address, so network policies no longer match it. On a new cluster, the \
                 operator refuses to create the pool, and the install never completes. Operators up to 1.32 \
                 (Calico 3.27) repeat the check on every change, and stop if it fails.",
        criteria: "A pool is within the pod CIDR if a single one contains all of it. The podCIDRs of nodes are \
                   parts of the pod CIDR and do not show where it ends. With operators up to 1.32, and while \
                   the operator migrates a manifest install, listed pools are checked alongside existing \
                   ones.\n\
                   - Error: the pod CIDR comes from kubeadm-config or OpenShift's Network, which the operator \
                   enforces.\n\
                   - Warning: it comes from any other source.\n\
                   - Note: the pool exists, eBPF is on, and no kube-proxy runs.\n\
                   - Warning, whatever the source: an existing IPv6 pool of a manifest install. calico-node \
                   creates one with a random range on its own.\n\
                   - Not reported: an existing pool that kube-proxy's clusterCIDR contains (CAL207), an \
                   existing pool that is disabled or not for pods, one from which host-local IPAM gives no pod an address \
                   (CAL231), and an existing IPv6 pool if there is no \
                   IPv6 pod CIDR. For pools that it has yet to create, the operator makes no exception.",
        fix: "Give the pool a CIDR within the pod CIDR. The CIDR of an existing pool is immutable: add a pool \
              within the pod CIDR, disable the old one, and recreate its pods. If the pod CIDR is too small \
              for them, it must be changed first.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go (cidrWithinCidr); \
                 projectcalico/calico#5952, #13704",
    },
    needs: &[&IP_POOLS, &KUBEADM_CONFIG],
    // A pool that was left behind, or is not in use because Calico's data is in etcd; host-local IPAM; eBPF, and
    // kube-proxy's own setting.
    excuses: &[
        &CALICO_CONFIG,
        &DAEMON_SETS,
        &OPERATORS,
        &INSTALLATIONS,
        &FELIX_CONFIGURATIONS,
        &KUBE_PROXY,
    ],
    judges: Judges::Requested {
        remedy: Remedy::Cidr,
    },
    find: |case| {
        let Some(network) = case.facts.networks.best() else {
            return Vec::new();
        };
        let mut pools = candidate_pools(case);
        pools.retain(|pool| is_outside(pool, network) && !is_without_pods(case, pool));
        let mut findings: Vec<Finding> = pools
            .iter()
            .filter_map(|pool| finding(case, pool, network))
            .collect();
        let only_listed = listed_beside_live(case, network)
            .filter(|listed| !pools.iter().any(|pool| pool.cidr == listed.cidr));
        findings.extend(only_listed.map(|pool| listed(case, &pool, network)));
        findings.extend(pools_to_come(case).into_iter().filter_map(|pool| {
            let outside = of_pods(&pool, network).then(|| outside(&pool, network));
            Some(to_come(outside?, case, &pool, MASQUERADED))
        }));
        findings
    },
};

/// Whether no pod has an address from an existing pool, because host-local IPAM assigns them (CAL231). Operators that check
/// it all the same make no exception.
fn is_without_pods(case: &Case, pool: &CandidatePool) -> bool {
    let asked = case.facts.installation.as_ref();
    let is_checked = asked.is_some_and(|asked| !asked.changes_existing_pools());
    pool.existing.is_some() && case.facts.by_pod_cidr() && !is_checked
}

fn is_outside(pool: &CandidatePool, network: &ConfiguredNetwork) -> bool {
    pool.network.is_some_and(|cidr| {
        let counts = pool.existing.is_none() && network.is_enforced();
        counts && !hold(&network.cidrs, &cidr)
    }) || of_pods(pool, network)
}

/// Whether a pool for pods is outside the pod network, and that has a CIDR of its family.
fn of_pods(pool: &CandidatePool, network: &ConfiguredNetwork) -> bool {
    let cidr = pool.network.filter(|_| pool.serves_pods);
    cidr.is_some_and(|cidr| {
        network.of_family(cidr.family()).next().is_some() && !hold(&network.cidrs, &cidr)
    })
}

/// The finding about a listed pool.
fn outside(pool: &CandidatePool, network: &ConfiguredNetwork) -> Finding {
    let severity = if network.is_enforced() {
        Severity::Error
    } else {
        Severity::Warning
    };
    Finding::new(
        &POOL_OUTSIDE_POD_NETWORK.entry,
        severity,
        pool.object(),
        format!("{} is outside the pod CIDR {}", pool.cidr, network.list()),
    )
    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
    .read(&network.from, network.list())
}

/// The pools that the Installation lists outside the pod network although pools exist. Since 1.34,
/// the operator no longer checks this once a pool exists. One that takes over an install from manifests has created
/// none of them.
fn listed_beside_live<'a>(
    case: &Case<'a>,
    network: &ConfiguredNetwork,
) -> impl Iterator<Item = CandidatePool<'a>> {
    let installation = case.facts.installation.as_ref();
    let asks_again = installation.is_some_and(|asked| !asked.changes_existing_pools())
        && network.is_enforced()
        && !case.facts.known_pools().is_empty();
    let is_asked = asks_again || takes_over(case);
    let listed = is_asked.then(|| listed_pools(case)).into_iter().flatten();
    let outside: Vec<CandidatePool> = listed.filter(|pool| is_outside(pool, network)).collect();
    outside.into_iter()
}

/// Whether the operator is to take over an install from manifests.
fn takes_over(case: &Case) -> bool {
    let install = &case.facts.install;
    install.is_from_manifests() && !install.is_canal() && install.operator.value().is_some()
}

fn listed(case: &Case, pool: &CandidatePool, network: &ConfiguredNetwork) -> Finding {
    let finding = outside(pool, network)
    .in_manifest(format!(
        "set {} in the manifest of the Installation to the CIDR of the existing pool, or to another one inside {}",
        pool.field("cidr"),
        network.list()
    ));
    let existing = case.facts.known_pools().iter();
    let mut existing = existing.map(|pool| pool.name.as_str());
    let name = pool.index.and_then(|index| {
        let pools = &case.facts.installation.as_ref()?.effective.pools;
        pools.get(index)?.name.as_deref()
    });
    let finding = match name.filter(|name| takes_over(case) && existing.any(|it| it == *name)) {
        Some(name) => finding.impact(format!(
            "the operator tries to give the existing pool {name} this CIDR, is rejected, and changes no pool at all: the \
             CIDR of a pool is immutable"
        )),
        None if takes_over(case) => finding.impact(
            "the operator creates it next to the existing pool; kube-proxy treats traffic from its pods to Services as \
             coming from outside the cluster, and network policies no longer match it",
        ),
        None => finding.impact(
            "the operator rejects it on every change and applies nothing; no pod has an address from \
             this pool",
        ),
    };
    finding.fixed_by_all(relist(case, pool, &network.cidrs))
}

fn finding(case: &Case, pool: &CandidatePool, network: &ConfiguredNetwork) -> Option<Finding> {
    let cidr = pool.network?;
    let is_rejected = case.facts.installation.as_ref();
    let is_rejected = is_rejected.is_some_and(|asked| !asked.changes_existing_pools());
    if pool.existing.is_some() && !is_rejected {
        // CAL207: kubeadm-config was not changed with the others.
        if case.facts.networks.newer_than_kubeadm(&cidr).is_some() {
            return None;
        }
        if is_without_kube_proxy(case) && network.rank == Some(Source::Kubeadm) {
            return Some(unused(pool, network));
        }
    }
    let by_itself = pool.existing.is_some()
        && cidr.family() == Family::V6
        && !case.facts.install.is_left_to_operator();
    let severity = if network.is_enforced() && !by_itself {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding = Finding::new(
        &POOL_OUTSIDE_POD_NETWORK.entry,
        severity,
        pool.object(),
        format!("{cidr} is outside the pod CIDR {}", network.list()),
    )
    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
    .read(&network.from, network.list())
    .fixed_by_all(relocate(case, pool));
    let is_renumbered = pool
        .existing
        .is_some_and(|existing| is_renumbered(case, existing));
    let finding = finding.after(is_renumbered.then(|| FindingRef {
        code: POOLS_DIFFER,
        subject: pool.object().into(),
    }));
    let impact = impact(case, pool, network);
    Some(match pool.existing.and(variable(case)) {
        Some((from, value)) => finding.read(&from, value).impact(format!(
            "{impact}; changing CALICO_IPV4POOL_CIDR does not help: calico-node reads it only while \
             there is no pool"
        )),
        None => finding.impact(impact),
    })
}

/// That nothing which runs depends on the pod CIDR.
fn unused(pool: &CandidatePool, network: &ConfiguredNetwork) -> Finding {
    Finding::note(
        &POOL_OUTSIDE_POD_NETWORK.entry,
        pool.object(),
        format!("{} is outside the pod CIDR {}", pool.cidr, network.list()),
    )
    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
    .read(&network.from, network.list())
    .impact(
        "none: no kube-proxy runs, and with eBPF no Service depends on the pod CIDR; kubeadm upgrade writes it to \
         --cluster-cidr of the controller manager",
    )
    .fix("set podSubnet in kubeadm-config to the CIDR of the pool")
    .paste("kubectl edit configmap -n kube-system kubeadm-config")
}

/// The variable from which calico-node creates its first IPv4 pool.
/// Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go (configureIPPools).
fn variable(case: &Case) -> Option<(Provenance, String)> {
    const VARIABLE: &str = "CALICO_IPV4POOL_CIDR";
    let node = CalicoNode::current(case.snapshot)?;
    let value = node.value(VARIABLE)?;
    Some((node.env(VARIABLE), value.to_owned()))
}

const MASQUERADED: &str = "kube-proxy treats traffic from the pool's pods to Services as coming from outside the \
                           cluster and replaces its source address; network policies no longer match it";

fn impact(case: &Case, pool: &CandidatePool, network: &ConfiguredNetwork) -> String {
    let asked = case
        .facts
        .installation
        .as_ref()
        .filter(|_| network.is_enforced());
    let old_operator = asked.is_some_and(|asked| !asked.changes_existing_pools());
    match (pool.existing, asked.is_some()) {
        (None, true) => format!(
            "the operator creates no pool, and the install never completes; TigeraStatus {} says \
             \"is not within the platform's configured pod network CIDR(s)\"",
            if old_operator { "calico" } else { "ippools" }
        ),
        (Some(_), true) if old_operator => {
            format!(
                "{MASQUERADED}; the operator rejects the pool on every change, and applies nothing; \
                 those of Calico 3.28 and later accept a pool that exists"
            )
        }
        _ => MASQUERADED.to_owned(),
    }
}
