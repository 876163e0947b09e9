//! Whether the pools agree with the pod network that Kubernetes was set up with.

use crate::assess::check::{Case, Check, Explain};
use crate::assess::facts::networks::list;
use crate::assess::finding::{Finding, Severity};
use crate::snapshot::resources::{CONTROL_PLANE_PODS, IP_POOLS, KUBE_PROXY, KUBEADM_CONFIG};

pub(super) const POOL_OUTSIDE_POD_NETWORK: Check = Check {
    code: "CAL201",
    title: "a pool is outside of the pod network",
    needs: &[&IP_POOLS, &KUBEADM_CONFIG, &KUBE_PROXY, &CONTROL_PLANE_PODS],
    explain: Explain {
        means: "A live pool that pods get addresses from is not inside of the pod network that \
                Kubernetes was set up with.",
        matters: "kube-proxy takes traffic from such pods for traffic from outside of the cluster \
                  and replaces its source address, so that network policies no longer match it. \
                  The operator makes no such pool on a new cluster: where its first pool is \
                  outside, the install never ends.",
        judged: "A pool is inside when one CIDR of the pod network holds all of it. It is an \
                 error where the pod network is read from kubeadm-config or OpenShift's Network, \
                 which the operator enforces, and a warning for every other source. A disabled \
                 pool and one for load balancers do not count, nor does an IPv6 pool in a cluster \
                 whose pod network has no IPv6.",
        fix: "Make the pool a part of the pod network. The CIDR of a live pool cannot be changed: \
              add a pool inside of the pod network, disable the old one, and recreate the pods.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go (cidrWithinCidr); \
                 projectcalico/calico#5952, #13704",
    },
    find: |case| {
        let Some(network) = case.facts.networks.pod_network() else {
            return Vec::new();
        };
        let outside = case.facts.known_pools().iter().filter(|pool| {
            let Some(cidr) = pool.network.filter(|_| pool.serves_pods()) else {
                return false;
            };
            let same_family = network.cidrs.iter().any(|n| n.family() == cidr.family());
            same_family && !network.holds(&cidr)
        });
        let from = evidence_of_pod_network(case);
        outside
            .map(|pool| {
                let severity = if network.source.is_enforced() {
                    Severity::Error
                } else {
                    Severity::Warning
                };
                let networks = list(&network.cidrs);
                Finding::new(
                    severity,
                    pool.object(),
                    format!("{} is outside of the pod network {networks}", pool.cidr),
                )
                .seen(pool.object(), "spec.cidr", &pool.cidr)
                .seen(&from, "", &networks)
                .then(
                    "kube-proxy takes what these pods send for traffic from outside and replaces \
                     its source address; network policies no longer match it",
                )
                .fix(format!(
                    "add a pool inside of {networks}, disable this one, and recreate its pods; \
                     the CIDR of a live pool cannot be changed"
                ))
            })
            .collect()
    },
};

fn evidence_of_pod_network(case: &Case) -> String {
    let best = case.facts.networks.pods.first();
    best.map(|network| network.from.clone()).unwrap_or_default()
}
