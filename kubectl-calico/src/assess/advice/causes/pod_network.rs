//! Messages about the pod CIDR that pools must be within.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/installation/defaults.go and pkg/controller/ippool.

use super::commands::{edit_installation, edit_kubeadm_config};
use super::known_cause::KnownCause;
use crate::assess::checks::kubeadm::POD_SUBNET_MISSING;
use crate::assess::checks::kubeadm_misread::POD_SUBNET_MISREAD;
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["not within the platform's configured pod network cidr"],
        means: "a pool of the Installation is outside the cluster's pod CIDR",
        fix: "set the pool's cidr to the pod CIDR or a part of it",
        in_installation: true,
        explained_by: &[&POOL_OUTSIDE_POD_NETWORK],
        paste: edit_installation,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["missing required podsubnet field"],
        means: "kubeadm was not given a pod CIDR, and without one the operator creates no pool, \
                not even a pool that the Installation lists",
        fix: "add podSubnet under networking in the ClusterConfiguration of kubeadm-config, equal \
              to kube-controller-manager's --cluster-cidr; if that flag is not set, set it, along \
              with --allocate-node-cidrs=true",
        explained_by: &[&POD_SUBNET_MISSING],
        paste: edit_kubeadm_config,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["invalid cidr address", "kubeadm configuration"],
        means: "the operator cannot parse podSubnet in kubeadm-config: it treats quotes, spaces \
                and comments as part of the value",
        fix: "write podSubnet in kubeadm-config without quotes, without a space after the comma, \
              and with nothing after it",
        explained_by: &[&POD_SUBNET_MISREAD],
        paste: edit_kubeadm_config,
        ..KnownCause::USUAL
    },
];
