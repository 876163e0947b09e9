//! Messages about pools, and about the pod CIDR that they must be within.
//!
//! Source: tigera/operator v1.42.3, pkg/controller/ippool; projectcalico/calico v3.32.1,
//! libcalico-go/lib/clientv3/ippool.go, for what Calico's API server rejects.

use super::known_cause::{KnownCause, cause_of, edit_installation};
use crate::assess::check::Case;
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::drift::POOLS_DIFFER;
use crate::assess::checks::kubeadm::POD_SUBNET_MISSING;
use crate::assess::checks::kubeadm_misread::POD_SUBNET_MISREAD;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::checks::overlaps::OVERLAPS_POOL;
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::checks::pool_cidr::NOT_CANONICAL;

pub(crate) static CAUSES: &[KnownCause] = &[
    cause_of(
        &["not within the platform's configured pod network cidr"],
        "a pool is outside the cluster's pod CIDR",
        "set the pool's cidr to the pod CIDR or a part of it; it can be changed freely until the \
         pool has been created",
        edit_installation,
    )
    .in_installation()
    .explained_by(&[&POOL_OUTSIDE_POD_NETWORK]),
    cause_of(
        &["missing required podsubnet field"],
        "kubeadm was not given a pod CIDR, and without one the operator creates no pool, not even \
         a pool that the Installation lists",
        "add podSubnet under networking in the ClusterConfiguration of kubeadm-config, equal to \
         kube-controller-manager's --cluster-cidr; if that flag is not set, set it, along with \
         --allocate-node-cidrs=true",
        |_, _| EDIT_KUBEADM_CONFIG.to_owned(),
    )
    .explained_by(&[&POD_SUBNET_MISSING]),
    cause_of(
        &["invalid cidr address", "kubeadm configuration"],
        "the operator cannot parse podSubnet in kubeadm-config: it treats quotes, spaces and \
         comments as part of the value",
        "write podSubnet in kubeadm-config without quotes, without a space after the comma, and \
         with nothing after it",
        |_, _| EDIT_KUBEADM_CONFIG.to_owned(),
    )
    .explained_by(&[&POD_SUBNET_MISREAD]),
    cause_of(
        &[
            "unable to",
            "ip pools while calico api server is unavailable",
        ],
        "pools cannot be changed while Calico's API server does not respond",
        "restore Calico's API server, or create it if there is none",
        api_server,
    )
    .explained_by(&[&API_SERVER_SILENT])
    .waits_for("apiserver"),
    cause_of(
        &[
            "unable to retrieve the complete list of server apis",
            "projectcalico.org/v3",
        ],
        "Calico's API server is registered but does not respond",
        "restore Calico's API server",
        api_server,
    )
    .explained_by(&[&API_SERVER_SILENT])
    .waits_for("apiserver"),
    cause_of(
        &["waiting for", "api server to be ready"],
        "it is waiting for Calico's API server",
        "restore Calico's API server, or create it if there is none",
        api_server,
    )
    .explained_by(&[&API_SERVER_SILENT])
    .waits_for("apiserver"),
    cause_of(
        &["not strictly masked"],
        "an existing pool's CIDR has host bits set, so it can be neither changed nor deleted \
         through Calico's API",
        "replace that pool in crd.projectcalico.org with one that has the canonical CIDR, as \
         described in projectcalico/calico#11311, and write the same CIDR in the Installation",
        |_, _| {
            "kubectl get ippools.crd.projectcalico.org \
             -o custom-columns=NAME:.metadata.name,CIDR:.spec.cidr"
                .to_owned()
        },
    )
    .explained_by(&[&NOT_CANONICAL]),
    cause_of(
        &["conflicts with existing allocations"],
        "blocks of an earlier pool, with another block size, are left in the new pool's CIDR",
        "find out what still uses the earlier pool's addresses, and release the leaked ones",
        |_, _| "calicoctl ipam check".to_owned(),
    ),
    cause_of(
        &["ippool", "cidr overlaps with"],
        "a pool overlaps another one",
        "give the pools of the Installation CIDRs that overlap neither each other nor an existing \
         pool",
        edit_installation,
    )
    .explained_by(&[&OVERLAPS_POOL])
    .in_installation(),
    cause_of(
        &["cannot be modified"],
        "the CIDR and the block size of an existing pool are immutable",
        "set them back to the existing pool's values in the Installation",
        edit_installation,
    )
    .explained_by(&[&POOLS_DIFFER])
    .in_installation(),
    cause_of(
        &["waiting for enabled ip pools"],
        "no pool assigns addresses to pods",
        "check what the ippools TigeraStatus reports about the Installation's pools; if the \
         Installation lists none (ipPools: []), or all are disabled, create or enable one",
        |_, _| "kubectl get tigerastatuses.operator.tigera.io ippools -o yaml".to_owned(),
    )
    .explained_by(&[&NO_POOL])
    .waits_for("ippools"),
];

const EDIT_KUBEADM_CONFIG: &str = "kubectl edit configmaps -n kube-system kubeadm-config";

fn api_server(case: &Case, _: &str) -> String {
    match case.snapshot.api_servers.read().map(Vec::as_slice) {
        Some([]) => "kubectl create -f - <<'EOF'\n\
                     apiVersion: operator.tigera.io/v1\n\
                     kind: APIServer\n\
                     metadata:\n\
                     \x20 name: default\n\
                     EOF"
        .to_owned(),
        _ => "kubectl get pods -A -l k8s-app=calico-apiserver -o wide".to_owned(),
    }
}
