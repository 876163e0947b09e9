//! Whether kubeadm's configuration tells the operator the pod network.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::pod_network::{OperatorReading, kubeadm_networking, operator_reading};
use k8s_openapi::api::core::v1::ConfigMap;

use crate::assess::candidate_pools::none_is_live;
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::assess::views::calico_node::entry;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS, KUBEADM_CONFIG};

/// kubeadm's configuration.
pub(crate) fn object() -> ObjectRef {
    ObjectRef::config_map("kubeadm-config")
}

pub(crate) const KEY: &str = "ClusterConfiguration";
pub(crate) const EDIT: &str = "kubectl edit configmap -n kube-system kubeadm-config";

pub(crate) const POD_SUBNET_MISSING: Check = Check {
    entry: Entry {
        code: "CAL205",
        title: "kubeadm's configuration has no podSubnet",
        meaning: "The ConfigMap kube-system/kubeadm-config is there and says nothing of a pod \
                network, as after kubeadm init without --pod-network-cidr.",
        impact: "The operator reads it before it makes its first pools, and stops where it finds \
                  no podSubnet, even if the Installation names pools: TigeraStatus says \"kubeadm \
                  configuration is missing required podSubnet field\". From 1.34 (Calico 3.28) on \
                  it looks no more once there is a pool; before, it does so on every change.",
        criteria: "It is an error while the operator looks at it, else a note. It does not where \
                 the platform is OpenShift, nor where the CNI plugin is not Calico's. Calico from \
                 manifests falls back to 192.168.0.0/16 and is not judged.",
        fix: "Add the pod network to networking.podSubnet of the ClusterConfiguration in that \
              ConfigMap, the same as kube-controller-manager's --cluster-cidr if that has one. On \
              a cluster that kubeadm does not look after, delete the ConfigMap.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/kubeadm.go and defaults.go; \
                 projectcalico/calico#4218, tigera/operator#943",
    },
    needs: &[&KUBEADM_CONFIG, &INSTALLATIONS, &IP_POOLS],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        let Some((config, severity)) = read_by_operator(case) else {
            return Vec::new();
        };
        let told = kubeadm_networking(entry(config, KEY).unwrap_or_default());
        let told = told.is_ok_and(|networking| networking.pod_subnet.is_none());
        if !told || !readings(config).is_empty() {
            return Vec::new();
        }
        let network = case.facts.networks.best();
        let asked = case.facts.installation.as_ref();
        let asked = asked.and_then(|asked| asked.effective.pools.first()?.network().copied());
        let subnet = match (network, asked) {
            (Some(network), _) => {
                let cidrs: Vec<String> = network.cidrs.iter().map(Cidr::to_string).collect();
                format!("podSubnet: {}", cidrs.join(","))
            }
            (None, Some(pool)) => format!("podSubnet: {pool}"),
            (None, None) => "podSubnet, with the pod network,".to_owned(),
        };
        let finding = Finding::new(
            &POD_SUBNET_MISSING.entry,
            severity,
            object(),
            "kubeadm's configuration has no podSubnet",
        )
        .evidence(
            object(),
            format!("data.{KEY} networking.podSubnet"),
            "not set",
        )
        .impact(impact(case, severity))
        .fix(format!(
            "add the line {subnet} below networking in {KEY}, without quotes"
        ))
        .paste(EDIT);
        vec![finding]
    },
};

/// What follows where the operator does not get on with the ConfigMap.
pub(crate) fn impact(case: &Case, severity: Severity) -> &'static str {
    match severity {
        Severity::Error if none_is_live(case) => {
            "the operator makes no pool, whatever the Installation says, and the install never ends"
        }
        Severity::Error => "the operator stops at it on every change, and carries out none",
        _ => {
            "nothing now, as pools are there; where they are ever all gone, the operator will not \
             make them again"
        }
    }
}

/// The ConfigMap, where an operator may read it, and how bad it is if it does not get on with it.
/// From 1.34 on it reads it only while there is no pool.
pub(crate) fn read_by_operator<'a>(case: &Case<'a>) -> Option<(&'a ConfigMap, Severity)> {
    let asked = case.facts.installation.as_ref()?;
    let openshift = asked.written.provider.as_deref() == Some("OpenShift");
    if openshift || !asked.effective.is_calico_cni() || !case.facts.install.is_by_operator() {
        return None;
    }
    let config = case.snapshot.kubeadm_config.read()?;
    let reads = none_is_live(case) || !asked.changes_live_pools();
    let severity = if reads {
        Severity::Error
    } else {
        Severity::Note
    };
    Some((config, severity))
}

/// What the operator finds in each value; it takes any of them.
pub(crate) fn readings(config: &ConfigMap) -> Vec<(&str, OperatorReading)> {
    let values = config.data.iter().flatten();
    values
        .map(|(key, value)| (key.as_str(), operator_reading([value.as_str()])))
        .filter(|(_, reading)| *reading != OperatorReading::Missing)
        .collect()
}
