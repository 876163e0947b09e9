//! Messages about pools, and the pod network that they have to be in.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/ippool; projectcalico/calico v3.32.1,
//! libcalico-go/lib/clientv3/ippool.go, for what Calico's API server refuses.

use calico_core::cidr::Cidr;
use calico_core::installation::Installation;

use super::{Cause, cause_of, edit_installation};
use crate::assess::check::Case;
use crate::assess::facts::install::default_installation;

pub(super) static CAUSES: &[Cause] = &[
    cause_of(
        &["not within the platform's configured pod network cidr"],
        "a pool is outside of the pod network that the platform was set up with",
        "set the pool's cidr to the pod network or a part of it; as long as the pool is not made, \
         that can be changed freely",
        move_into_pod_network,
    )
    .in_installation(),
    cause_of(
        &["missing required podsubnet field"],
        "kubeadm was told of no pod network, without which the operator makes no pool, not even \
         one that the Installation names",
        "add podSubnet under networking in the ClusterConfiguration of this ConfigMap, with the \
         --cluster-cidr of kube-controller-manager; where that has none, give it one, and \
         --allocate-node-cidrs=true",
        |_, _| EDIT_KUBEADM_CONFIG.to_owned(),
    ),
    cause_of(
        &["invalid cidr address", "kubeadm configuration"],
        "the operator cannot read podSubnet in kubeadm-config: it takes quotes, spaces and \
         comments for a part of it",
        "write podSubnet in this ConfigMap without quotes, without a space behind the comma, and \
         with nothing behind it",
        |_, _| EDIT_KUBEADM_CONFIG.to_owned(),
    ),
    cause_of(
        &[
            "unable to",
            "ip pools while calico api server is unavailable",
        ],
        "pools cannot be changed while Calico's API server does not answer",
        "bring Calico's API server back (CAL112 says what is wrong with it), or create it where \
         there is none",
        api_server,
    )
    .waits_for("apiserver"),
    cause_of(
        &["waiting for", "api server to be ready"],
        "it waits for Calico's API server",
        "bring Calico's API server back (CAL112 says what is wrong with it), or create it where \
         there is none",
        api_server,
    )
    .waits_for("apiserver"),
    cause_of(
        &["not strictly masked"],
        "a live pool has bits set past its prefix, and so can be neither changed nor deleted \
         through Calico's API",
        "replace that pool in crd.projectcalico.org by one with the canonical CIDR, as \
         projectcalico/calico#11311 describes, and write it so in the Installation",
        |_, _| {
            "kubectl get ippools.crd.projectcalico.org \
             -o custom-columns=NAME:.metadata.name,CIDR:.spec.cidr"
                .to_owned()
        },
    ),
    cause_of(
        &["conflicts with existing allocations"],
        "blocks of an earlier pool, of another size, are left in the new one's CIDR",
        "free what is left of the earlier pool, after a look at what still uses it",
        |_, _| "calicoctl ipam check".to_owned(),
    ),
    cause_of(
        &["ippool", "cidr overlaps with"],
        "a pool overlaps another one",
        "give the pools of the Installation CIDRs that neither overlap each other nor a live pool",
        edit_installation,
    )
    .in_installation(),
    cause_of(
        &["cannot be modified"],
        "the CIDR and the block size of a live pool cannot be changed",
        "set them in the Installation to what they were, and add a second pool with what is \
         wanted; then disable the first, and recreate the pods that have addresses of it",
        edit_installation,
    )
    .in_installation(),
    cause_of(
        &["waiting for enabled ip pools"],
        "there is no live pool that gives addresses to pods",
        "see what TigeraStatus ippools says of the pools of the Installation; where that has none \
         (ipPools: []), or all are disabled, create or enable one",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io ippools -o yaml".to_owned(),
    )
    .waits_for("ippools"),
];

const EDIT_KUBEADM_CONFIG: &str = "kubectl edit configmaps -n kube-system kubeadm-config";

/// Sets the first pool that is outside of the pod network to that network, where both are known.
fn move_into_pod_network(case: &Case, message: &str) -> String {
    let outside = || {
        let network = case.facts.networks.pod_network()?;
        let installation = Installation::read(&default_installation(case.snapshot)?.document());
        let cidrs = installation.pools?.into_iter().enumerate();
        let mut cidrs = cidrs.filter_map(|(at, pool)| Some((at, pool.cidr?.parse::<Cidr>().ok()?)));
        let (at, cidr) = cidrs.find(|(_, cidr)| !network.holds(cidr))?;
        let mut networks = network.cidrs.into_iter();
        Some((
            at,
            networks.find(|network| network.family() == cidr.family())?,
        ))
    };
    match outside() {
        Some((at, network)) => format!(
            "kubectl patch installations.operator.tigera.io default --type=json -p \\\n  \
             '[{{\"op\":\"replace\",\"path\":\"/spec/calicoNetwork/ipPools/{at}/cidr\",\"value\":\"{network}\"}}]'"
        ),
        None => edit_installation(case, message),
    }
}

fn api_server(case: &Case, _: &str) -> String {
    match case.snapshot.api_servers.read().map(Vec::as_slice) {
        Some([]) => concat!(
            r#"echo '{"apiVersion":"operator.tigera.io/v1","kind":"APIServer","#,
            r#""metadata":{"name":"default"}}' | kubectl create -f -"#
        )
        .to_owned(),
        _ => "kubectl get pods -A -l k8s-app=calico-apiserver -o wide".to_owned(),
    }
}
