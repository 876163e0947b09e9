//! Where else a change to the Installation must be made, so that the tool that manages the
//! Installation does not revert it.

use super::step::Step;
use crate::assess::facts::install::Install;
use crate::assess::facts::installer::Installer;
use crate::assess::facts::method::Method;
use crate::assess::phrases::pasted;

/// The values file that pools are written to, with a name that is unlikely to be in use.
pub const VALUES: &str = "calico-pools.yaml";

/// The step after the change, once the values describe the new state. `values` is the command that
/// prints a values file, and `version` is the chart version to use if the cluster does not show it.
pub fn step(install: &Install, values: &str, version: Option<&str>) -> Option<Step> {
    let Some(Method::Operator { by }) = install.method.value() else {
        return None;
    };
    let Installer::Helm { release, namespace } = by else {
        return by.also_change().map(Step::new);
    };
    let step = Step::new(
        "once that is done, write the pools to the release's values; otherwise its next upgrade \
         reverts the change",
    );
    Some(
        step.run(format!("{values} > {VALUES}"))
            .run(upgrade(install, release, namespace, version)),
    )
}

/// An upgrade of the installed release with the values, and nothing else.
pub fn upgrade(install: &Install, release: &str, namespace: &str, version: Option<&str>) -> String {
    let version = install
        .release()
        .or(version)
        .map(|version| format!(" --version {version}"))
        .unwrap_or_default();
    format!(
        "helm upgrade {} projectcalico/tigera-operator{version} --namespace {} --reuse-values -f \
         {VALUES}",
        pasted(release),
        pasted(namespace)
    )
}
