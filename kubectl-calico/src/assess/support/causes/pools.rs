//! Messages about pools, and the pod network that they have to be in.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/ippool; projectcalico/calico v3.32.1,
//! libcalico-go/lib/clientv3/ippool.go, for what Calico's API server refuses.

use super::{Cause, cause_of, edit_installation};
use crate::assess::check::Case;
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::drift::POOLS_DIFFER;
use crate::assess::checks::kubeadm::POD_SUBNET_MISSING;
use crate::assess::checks::kubeadm_misread::POD_SUBNET_MISREAD;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::checks::overlaps::OVERLAPS_POOL;
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::checks::pool_cidr::NOT_CANONICAL;

pub(crate) static CAUSES: &[Cause] = &[
    cause_of(
        &["not within the platform's configured pod network cidr"],
        "a pool is outside of the pod network that the platform was set up with",
        "set the pool's cidr to the pod network or a part of it; as long as the pool is not made, \
         that can be changed freely",
        edit_installation,
    )
    .in_installation()
    .said_by(&[&POOL_OUTSIDE_POD_NETWORK]),
    cause_of(
        &["missing required podsubnet field"],
        "kubeadm was told of no pod network, without which the operator makes no pool, not even \
         one that the Installation names",
        "add podSubnet under networking in the ClusterConfiguration of kubeadm-config, with the \
         --cluster-cidr of kube-controller-manager; where that has none, give it one, and \
         --allocate-node-cidrs=true",
        |_, _| EDIT_KUBEADM_CONFIG.to_owned(),
    )
    .said_by(&[&POD_SUBNET_MISSING]),
    cause_of(
        &["invalid cidr address", "kubeadm configuration"],
        "the operator cannot read podSubnet in kubeadm-config: it takes quotes, spaces and \
         comments for a part of it",
        "write podSubnet in kubeadm-config without quotes, without a space behind the comma, and \
         with nothing behind it",
        |_, _| EDIT_KUBEADM_CONFIG.to_owned(),
    )
    .said_by(&[&POD_SUBNET_MISREAD]),
    cause_of(
        &[
            "unable to",
            "ip pools while calico api server is unavailable",
        ],
        "pools cannot be changed while Calico's API server does not answer",
        "bring Calico's API server back, or create it where there is none",
        api_server,
    )
    .said_by(&[&API_SERVER_SILENT])
    .waits_for("apiserver"),
    cause_of(
        &["waiting for", "api server to be ready"],
        "it waits for Calico's API server",
        "bring Calico's API server back, or create it where there is none",
        api_server,
    )
    .said_by(&[&API_SERVER_SILENT])
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
    )
    .said_by(&[&NOT_CANONICAL]),
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
    .said_by(&[&OVERLAPS_POOL])
    .in_installation(),
    cause_of(
        &["cannot be modified"],
        "the CIDR and the block size of a live pool cannot be changed",
        "set them in the Installation to what they were, and add a second pool with what is \
         wanted; then disable the first, and recreate the pods that have addresses of it",
        edit_installation,
    )
    .said_by(&[&POOLS_DIFFER])
    .in_installation(),
    cause_of(
        &["waiting for enabled ip pools"],
        "there is no live pool that gives addresses to pods",
        "see what TigeraStatus ippools says of the pools of the Installation; where that has none \
         (ipPools: []), or all are disabled, create or enable one",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io ippools -o yaml".to_owned(),
    )
    .said_by(&[&NO_POOL])
    .waits_for("ippools"),
];

const EDIT_KUBEADM_CONFIG: &str = "kubectl edit configmaps -n kube-system kubeadm-config";

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
