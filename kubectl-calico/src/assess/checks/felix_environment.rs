//! Whether calico-node's environment overrides the FelixConfiguration.

use std::fmt::Display;

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::calico_node::unset_variable;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS};
use crate::views::felix::{
    AWS_CHECK, CLUSTER_ROUTES, Felix, FelixSetting, IPV6, KUBE_PROXY_CLEANUP, NFTABLES, VXLAN_PORT,
    VXLAN_VNI, WIREGUARD, WIREGUARD_V6,
};

pub(crate) const SETTING_OVERRIDDEN: Check = Check {
    entry: Entry {
        code: "CAL320",
        title: "a setting of a FelixConfiguration has no effect",
        meaning: "A variable in calico-node's environment differs from the field in the FelixConfiguration.",
        impact: "The environment takes precedence, so the FelixConfiguration changes nothing.",
        criteria: "The variables of awsSrcDstCheck, bpfKubeProxyIptablesCleanupEnabled, ipv6Support, \
                   nftablesMode, programClusterRoutes, vxlanPort, vxlanVNI, wireguardEnabled and \
                   wireguardEnabledV6 are compared with the fields. CAL310 is about bpfEnabled, CAL306 about tunnels, CAL311 about the log level. The \
                   finding is a note.",
        fix: "Remove the variable from calico-node, or the field from the FelixConfiguration.",
        source: "projectcalico/calico v3.32.1, felix/config/config_params.go; projectcalico/calico#10692",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let felix = Felix::of(case.snapshot);
        let flags = [&WIREGUARD, &WIREGUARD_V6, &KUBE_PROXY_CLEANUP, &IPV6].into_iter();
        let texts = [&NFTABLES, &CLUSTER_ROUTES, &AWS_CHECK].into_iter();
        flags
            .filter_map(|flag| overridden(case, &felix, flag))
            .chain(texts.filter_map(|text| overridden(case, &felix, text)))
            .chain(overridden(case, &felix, &VXLAN_PORT))
            .chain(overridden(case, &felix, &VXLAN_VNI))
            .collect()
    },
};

fn overridden<T: Display>(
    case: &Case,
    felix: &Felix,
    setting: &FelixSetting<T>,
) -> Option<Finding> {
    let environment = felix.by_environment(setting)?;
    let used = environment.value.to_string();
    let configured = felix.get_everywhere(setting).into_iter().skip(1);
    let ignored = configured
        .map(|found| (found.value.to_string(), found.from))
        .find(|(value, _)| !value.eq_ignore_ascii_case(&used));
    let (value, from) = ignored?;
    let variable = setting.variable;
    let finding = Finding::note(
        &SETTING_OVERRIDDEN.entry,
        &from.object,
        format!(
            "{}: {value} has no effect: calico-node uses {used}",
            setting.field
        ),
    )
    .read(&from, &value)
    .read(&environment.from, used)
    .impact("Felix reads its environment first; the FelixConfiguration changes nothing");
    let install = &case.facts.install;
    if let Some(bundle) = install.bundled_with() {
        return Some(finding.fix(format!(
            "remove {variable} where {} configures Calico, or the field from {}",
            bundle.name(),
            from.object
        )));
    }
    let finding = finding.in_manifest(format!(
        "remove {variable} from the manifest of calico-node, or this field"
    ));
    // The operator sets these fields again (vxlanVNI since 1.32, vxlanPort since 1.40), and not the variables.
    // Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (setDefaultsOnFelixConfiguration).
    let is_filled_in = [VXLAN_PORT.field, VXLAN_VNI.field].contains(&setting.field);
    Some(if install.is_run_by_operator() && is_filled_in {
        finding.fix(format!(
            "remove {variable} where it is set, in the Installation or by what changes the DaemonSet; on Windows nodes, the \
             FelixConfiguration counts"
        ))
    } else if install.is_run_by_operator() {
        finding.fix(format!("remove the field: the operator sets {variable}"))
    } else {
        finding
            .fix(format!(
                "if the FelixConfiguration is right, remove {variable}; this restarts calico-node"
            ))
            .paste(unset_variable(&environment.from.object, variable))
    })
}
