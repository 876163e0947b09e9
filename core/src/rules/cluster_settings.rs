//! Settings that a cluster needs in the Installation in addition to its pools.

use crate::catalog::Entry;
use crate::cluster_plan::Setting;
use crate::installation::Installation;
use crate::text::{listed, shown};

use super::details::Details;
use super::rule::{Enforcement, Rule};

pub(super) const CLUSTER_SETTING_MISSING: Rule = Rule {
    entry: Entry {
        code: "cluster-setting-missing",
        title: "the Installation must have the settings that make the operator use Calico's CNI \
                plugin",
        meaning: "On EKS, AKS and GKE the operator uses the platform's own CNI plugin unless \
                  cni.type is set, and then rejects Calico's pools. On a first install the cluster \
                  plan contains the kubernetesProvider and cni.type that the pools need.",
        impact: "The operator uses the platform's own CNI plugin and rejects the pools.",
        criteria: "Only a setting that the Installation omits violates the rule. An explicit \
                   different value is respected.",
        fix: "Pass the settings to Helm, as the message shows.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go \
                 (fillDefaults)",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        let needed = case.cluster.map_or(&[][..], |cluster| &cluster.settings);
        let missing: Vec<&Setting> = needed
            .iter()
            .filter(|setting| is_missing(case.written, setting))
            .collect();
        let Some(first) = missing.first() else {
            return Vec::new();
        };
        let needs = missing
            .iter()
            .map(|setting| format!("{} {}", shown(&setting.path), shown(&setting.value)));
        let flags: Vec<String> = missing
            .iter()
            .map(|setting| {
                let (path, value) = (shown(&setting.path), shown(&setting.value));
                format!("--set installation.{path}={value}")
            })
            .collect();
        vec![Details::at(
            format!("spec.{}", shown(&first.path)),
            format!(
                "the cluster{} requires {}, which the Installation does not set",
                case.of_server(),
                listed(needs)
            ),
            "the operator uses the platform's own CNI plugin and rejects the pools",
            format!("pass Helm {}", flags.join(" ")),
        )]
    },
};

fn is_missing(written: &Installation, needed: &Setting) -> bool {
    match needed.path.as_str() {
        "kubernetesProvider" => written.provider.is_none(),
        "cni.type" => written.cni.is_none(),
        _ => false,
    }
}
