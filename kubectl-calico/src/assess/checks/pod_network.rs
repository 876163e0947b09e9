//! Whether the pools agree with the pod network that Kubernetes was set up with.

use calico_core::cidr::{Cidr, Family};
use calico_core::pod_network::hold;

use super::judged::{Judged, judged};
use super::relocate::relocate;
use crate::assess::check::{Case, Check, Explain};
use crate::assess::facts::networks::Network;
use crate::assess::finding::{Finding, Severity};
use crate::snapshot::resources::{IP_POOLS, KUBEADM_CONFIG};

pub(super) const POOL_OUTSIDE_POD_NETWORK: Check = Check {
    code: "CAL201",
    title: "a pool is outside of the pod network",
    needs: &[&IP_POOLS, &KUBEADM_CONFIG],
    explain: Explain {
        means: "A pool that pods get addresses from is not inside of the pod network that \
                Kubernetes was set up with. Where no pool is live yet, the pools that the \
                Installation asks for are judged.",
        matters: "kube-proxy takes traffic from such pods for traffic from outside of the cluster \
                  and replaces its source address, so that network policies no longer match it. \
                  The operator makes no such pool on a new cluster: the install never ends. Up to \
                  1.32 (Calico 3.27) it asks for it again on every change, and stops.",
        judged: "A pool is inside when one CIDR of the pod network holds all of it. It is an \
                 error where the pod network is read from kubeadm-config or OpenShift's Network, \
                 which the operator enforces, and a warning for every other source. A live pool \
                 that is disabled or not for pods does not count, nor does a live IPv6 pool in a \
                 cluster whose pod network has no IPv6; calico-node makes an IPv6 pool of a \
                 random range by itself, so that one is at most a warning where it was installed \
                 from manifests. The operator makes no such difference for pools that it is to \
                 make. The nodes' own podCIDRs are parts of the pod network and say nothing of \
                 its end.",
        fix: "Make the pool a part of the pod network. The CIDR of a live pool cannot be changed: \
              add a pool inside of the pod network, disable the old one, and recreate the pods.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go (cidrWithinCidr); \
                 projectcalico/calico#5952, #13704",
    },
    find: |case| {
        let Some(network) = case.facts.networks.best() else {
            return Vec::new();
        };
        let outside = |pool: &Judged| {
            let cidr = pool.network?;
            let counts = match pool.live {
                None if network.is_enforced() => true,
                _ => pool.serves_pods && network.of_family(cidr.family()).next().is_some(),
            };
            let outside = counts && !hold(&network.cidrs, &cidr);
            outside.then(|| finding(case, pool, &cidr, network))
        };
        judged(case).iter().filter_map(outside).collect()
    },
};

fn finding(case: &Case, pool: &Judged, cidr: &Cidr, network: &Network) -> Finding {
    let by_itself =
        pool.live.is_some() && cidr.family() == Family::V6 && !case.facts.install.is_by_operator();
    let severity = match network.is_enforced() && !by_itself {
        true => Severity::Error,
        false => Severity::Warning,
    };
    Finding::new(
        severity,
        pool.object(),
        format!("{cidr} is outside of the pod network {}", network.list()),
    )
    .seen(pool.object(), pool.field("cidr"), pool.cidr)
    .seen(&network.from, "", network.list())
    .then(consequence(case, pool, network))
    .fixed_by(relocate(case, pool))
}

fn consequence(case: &Case, pool: &Judged, network: &Network) -> String {
    let taken_for_outside = "kube-proxy takes what these pods send for traffic from outside and \
                             replaces its source address; network policies no longer match it";
    let asked = case.facts.asked.as_ref().filter(|_| network.is_enforced());
    let old_operator = asked.is_some_and(|asked| !asked.changes_live_pools());
    match (pool.live, asked.is_some()) {
        (None, true) => format!(
            "the operator makes no pool, and the install never ends; it says so in TigeraStatus \
             {}: \"is not within the platform's configured pod network CIDR(s)\"",
            if old_operator { "calico" } else { "ippools" }
        ),
        (Some(_), true) if old_operator => {
            format!("{taken_for_outside}; the operator asks for it on every change, and stops")
        }
        _ => taken_for_outside.to_owned(),
    }
}
