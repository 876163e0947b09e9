//! Whether calico-node's environment overrides the FelixConfiguration.

use calico_core::catalog::Entry;
use serde::Serialize;
use serde_json::{Value, json};

use crate::assess::advice::felix_effect::effect;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::Step;
use crate::repair::resource_writer::{self, ResourceWriter};
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
        fix: "Set the field to the value that is used, which changes nothing, and makes the variable superfluous. Or remove \
              the variable from calico-node: Felix then uses the value of the field, once calico-node has restarted.",
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

/// A value of a setting.
trait Written: ToString + Serialize {
    /// As a field of a FelixConfiguration has it.
    fn written(&self, _field: &str) -> Option<Value> {
        serde_json::to_value(self).ok()
    }
}

impl Written for bool {}

impl Written for u16 {}

impl Written for u32 {}

impl Written for String {
    /// The environment is read without regard to case; the API is not.
    fn written(&self, field: &str) -> Option<Value> {
        let values: &[&str] = match field {
            "awsSrcDstCheck" => &["DoNothing", "Enable", "Disable"],
            "nftablesMode" => &["Auto", "Disabled", "Enabled"],
            "programClusterRoutes" => &["Disabled", "Enabled"],
            _ => &[],
        };
        let mut values = values.iter();
        let value = values.find(|value| value.eq_ignore_ascii_case(self))?;
        Some(json!(value))
    }
}

fn overridden<T: Written>(
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
    .read(&environment.from, &used)
    .impact("Felix reads its environment first; the FelixConfiguration changes nothing");
    let install = &case.facts.install;
    let effect = effect(setting.field, &value);
    if let Some(bundle) = install.bundled_with() {
        return Some(finding.fix(format!(
            "remove the field from {}, which changes nothing; or, if it is right, remove {variable} where {} configures \
             Calico: {effect}",
            from.object,
            bundle.name()
        )));
    }
    let finding = finding.in_manifest(format!(
        "remove {variable} from the manifest of calico-node, or this field"
    ));
    // The operator sets these fields again (vxlanVNI since 1.32, vxlanPort since 1.40), and not the variables.
    // Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (setDefaultsOnFelixConfiguration).
    let is_filled_in = [VXLAN_PORT.field, VXLAN_VNI.field].contains(&setting.field);
    if install.is_run_by_operator() && is_filled_in {
        return Some(finding.fix(format!(
            "remove {variable} where it is set, in the Installation or by what changes the DaemonSet: {effect}. On Windows \
             nodes, the FelixConfiguration counts already"
        )));
    }
    if install.is_run_by_operator() {
        return Some(finding.fix(format!("remove the field: the operator sets {variable}")));
    }
    let name = from.object.name.as_deref().unwrap_or("default");
    let written = environment.value.written(setting.field);
    let command = ResourceWriter::of(case.snapshot).patch_spec(
        resource_writer::FELIX_CONFIGURATIONS,
        name,
        &json!({ setting.field: written }),
    );
    let what = match &written {
        Some(Value::String(value)) => format!("to keep what runs, set the field to {value}, too"),
        Some(value) => format!("to keep what runs, set the field to {value}, too"),
        None => "to keep what runs, remove the field".to_owned(),
    };
    let other = Step::new(format!(
        "if the FelixConfiguration is right, remove {variable} from {}, which restarts calico-node: {effect}",
        environment.from.object
    ));
    Some(finding.fix(what).paste(command).or(vec![other]))
}
