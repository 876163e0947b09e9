//! Whether kubeadm's configuration contains the pod CIDR, which the operator requires.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::pod_network::{OperatorReading, kubeadm_networking, operator_reading};
use k8s_openapi::api::core::v1::ConfigMap;

use crate::assess::candidate_pools::no_pool_exists;
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS, KUBEADM_CONFIG};
use crate::views::calico_node::entry;

/// kubeadm's configuration.
pub(crate) fn object() -> ObjectRef {
    ObjectRef::config_map("kubeadm-config")
}

pub(crate) const KEY: &str = "ClusterConfiguration";
pub(crate) const EDIT: &str = "kubectl edit configmap -n kube-system kubeadm-config";

pub(crate) const POD_SUBNET_MISSING: Check = Check {
    entry: Entry {
        code: "CAL205",
        title: "the kubeadm configuration has no podSubnet",
        meaning: "The kubeadm-config ConfigMap in kube-system exists but contains no pod CIDR, \
                  which is the case after kubeadm init without --pod-network-cidr.",
        impact: "The operator reads the ConfigMap before it creates its first pools, and stops if there is no \
                 podSubnet, even if the Installation lists pools: TigeraStatus reports \"kubeadm configuration \
                 is missing required podSubnet field\". Since 1.34 (Calico 3.28), it no longer reads the \
                 ConfigMap once a pool exists; earlier versions read it on every change.",
        criteria: "The finding is an error while the operator reads the ConfigMap, and a note \
                   otherwise. The operator does not read it on OpenShift, nor if the CNI plugin is \
                   not Calico's. A manifest install falls back to 192.168.0.0/16 and is not \
                   checked.",
        fix: "Add the pod CIDR as networking.podSubnet to the ClusterConfiguration in that \
              ConfigMap, equal to kube-controller-manager's --cluster-cidr if that is set. In a \
              cluster that kubeadm does not manage, delete the ConfigMap.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/kubeadm.go and defaults.go; \
                 projectcalico/calico#4218, tigera/operator#943",
    },
    needs: &[&KUBEADM_CONFIG, &INSTALLATIONS, &IP_POOLS],
    excuses: &[],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        let Some((config, severity)) = read_by_operator(case) else {
            return Vec::new();
        };
        let is_missing = kubeadm_networking(entry(config, KEY).unwrap_or_default())
            .is_ok_and(|networking| networking.pod_subnet.is_none());
        if !is_missing || !readings(config).is_empty() {
            return Vec::new();
        }
        let network = case.facts.networks.best();
        let listed = case
            .facts
            .installation
            .as_ref()
            .and_then(|found| found.effective.pools.first()?.network().copied());
        let subnet = match (network, listed) {
            (Some(network), _) => {
                let cidrs: Vec<String> = network.cidrs.iter().map(Cidr::to_string).collect();
                format!("podSubnet: {}", cidrs.join(","))
            }
            (None, Some(pool)) => format!("podSubnet: {pool}"),
            (None, None) => "podSubnet, with the pod CIDR,".to_owned(),
        };
        let finding = Finding::new(
            &POD_SUBNET_MISSING.entry,
            severity,
            object(),
            "the kubeadm configuration has no podSubnet",
        )
        .evidence(
            object(),
            format!("data.{KEY} networking.podSubnet"),
            "not set",
        )
        .impact(impact(case, severity))
        .fix(format!(
            "add the line {subnet} under networking in {KEY}, without quotes"
        ))
        .paste(EDIT);
        vec![finding]
    },
};

/// The impact of a ConfigMap that the operator cannot use.
pub(crate) fn impact(case: &Case, severity: Severity) -> &'static str {
    match severity {
        Severity::Error if no_pool_exists(case) => {
            "the operator creates no pool, not even one that the Installation lists, and the \
             install never completes"
        }
        Severity::Error => "the operator stops at this error on every change, and applies none",
        _ => {
            "none while pools exist; but if all of them are deleted, the operator cannot recreate \
             them"
        }
    }
}

/// The ConfigMap, if the operator may read it, and the severity if the operator cannot use it. Since
/// 1.34, the operator reads it only while there is no pool.
pub(crate) fn read_by_operator<'a>(case: &Case<'a>) -> Option<(&'a ConfigMap, Severity)> {
    let asked = case.facts.installation.as_ref()?;
    let openshift = asked.written.provider.as_deref() == Some("OpenShift");
    if openshift || !asked.effective.is_calico_cni() || !case.facts.install.is_left_to_operator() {
        return None;
    }
    let config = case.snapshot.kubeadm_config.read()?;
    let reads = no_pool_exists(case) || !asked.changes_existing_pools();
    let severity = if reads {
        Severity::Error
    } else {
        Severity::Note
    };
    Some((config, severity))
}

/// What the operator reads from each value of the ConfigMap. It searches all of them.
pub(crate) fn readings(config: &ConfigMap) -> Vec<(&str, OperatorReading)> {
    config
        .data
        .iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), operator_reading([value.as_str()])))
        .filter(|(_, reading)| *reading != OperatorReading::Missing)
        .collect()
}
