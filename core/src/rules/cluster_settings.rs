//! What a cluster needs of an Installation beside its pools. The rule needs the cluster's plan.

use crate::cluster_plan::Setting;
use crate::installation::Installation;
use crate::text::{listed, shown};

use super::{Details, Enforcement, Rule};

pub(super) const CLUSTER_SETTING_MISSING: Rule = Rule {
    name: "cluster-setting-missing",
    summary: "the Installation has the settings without which the cluster gets another CNI plugin",
    enforcement: Enforcement::Operator,
    check: |case| {
        let needed = case.cluster.map_or(&[][..], |plan| &plan.settings);
        let missing = needed
            .iter()
            .filter(|needed| is_missing(case.written, needed));
        let missing: Vec<&Setting> = missing.collect();
        let Some(first) = missing.first() else {
            return Vec::new();
        };
        let each = |word: fn(&Setting) -> String| missing.iter().map(move |setting| word(setting));
        let needs = each(|setting| format!("{} {}", shown(&setting.path), shown(&setting.value)));
        let sets = each(|setting| {
            let (path, value) = (shown(&setting.path), shown(&setting.value));
            format!("--set installation.{path}={value}")
        });
        vec![Details {
            path: format!("spec.{}", shown(&first.path)),
            fields: Vec::new(),
            problem: format!(
                "the cluster{} needs {}, and the Installation says nothing of it",
                case.of_server(),
                listed(needs)
            ),
            impact: "the operator takes the CNI plugin of the platform it is on, and rejects the \
                      pools"
                .to_owned(),
            fix: format!("give Helm {}", sets.collect::<Vec<_>>().join(" ")),
        }]
    },
};

/// Whether the Installation leaves it to the operator. One that says something else means it.
fn is_missing(written: &Installation, needed: &Setting) -> bool {
    match needed.path.as_str() {
        "kubernetesProvider" => written.provider.is_none(),
        "cni.type" => written.cni.is_none(),
        _ => false,
    }
}
