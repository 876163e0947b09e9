//! The commands that run this plan again, and those of Helm.

use crate::plan::inputs::Inputs;
use crate::repair::installer_step::{VALUES, upgrade, upgrade_only};

/// The command for this plan in another format.
pub(crate) fn again(inputs: &Inputs, format: &str) -> String {
    let mut words = vec!["kubectl calico plan".to_owned()];
    words.extend(inputs.request.flags());
    words.push(format!("-o {format}"));
    words.join(" ")
}

/// The command that writes this plan to a values file.
pub(crate) fn write_values(inputs: &Inputs) -> String {
    format!("{} > {VALUES}", again(inputs, "values"))
}

/// The newest patch of the Calico whose rules were applied, as `3.32.x`.
pub(crate) fn chart_version(inputs: &Inputs) -> Option<String> {
    Some(format!("{}.x", inputs.operator.calico()?))
}

/// The same as a flag of Helm.
pub(crate) fn version_flag(inputs: &Inputs) -> String {
    chart_version(inputs).map_or_else(String::new, |version| format!(" --version {version}"))
}

/// An upgrade of the installed release that takes the pools out of its values.
pub(crate) fn upgrade_without_pools(inputs: &Inputs, release: &str, namespace: &str) -> String {
    let version = chart_version(inputs);
    let install = &inputs.facts.install;
    format!(
        "{} --set-json 'installation.calicoNetwork.ipPools=[]'",
        upgrade_only(install, release, namespace, version.as_deref())
    )
}

/// An upgrade of the installed release with the values.
pub(crate) fn upgrade_release(inputs: &Inputs, release: &str, namespace: &str) -> String {
    let version = chart_version(inputs);
    upgrade(
        &inputs.facts.install,
        release,
        namespace,
        version.as_deref(),
    )
}
