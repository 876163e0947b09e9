//! Commands to paste.

use serde_json::Value;

use crate::assess::shell::{patch, word};
use crate::assess::words::pasted;
use crate::plan::inputs::Inputs;
use crate::snapshot::Unknown;

/// The file that the pools are written to for Helm: none that somebody has by another plan.
pub(crate) const VALUES: &str = "calico-pools.yaml";

/// A patch of the Installation that the operator reads: `json` or `merge`.
pub(crate) fn patch_installation(kind: &str, change: &Value) -> String {
    patch("installations.operator.tigera.io", "default", kind, change)
}

/// This plan again, in another format. A snapshot is of a cluster, which is there to be asked; of
/// other files nobody knows whether it is.
pub(crate) fn again(inputs: &Inputs, format: &str) -> String {
    let mut words = vec!["kubectl calico plan".to_owned()];
    let unknown = inputs.snapshot.unknown();
    if unknown.iter().any(|(_, why)| *why == Unknown::NotGiven) {
        let files = inputs.request.files.iter();
        words.extend(files.map(|file| format!("-f {}", word(file))));
    }
    words.extend(inputs.request.flags());
    words.push(format!("-o {format}"));
    words.join(" ")
}

/// This plan again, into [`VALUES`].
pub(crate) fn write_values(inputs: &Inputs) -> String {
    format!("{} > {VALUES}", again(inputs, "values"))
}

/// ` --version 3.32.x`: the newest patch of the minor whose rules were applied.
pub(crate) fn version(inputs: &Inputs) -> String {
    let minor = inputs.operator.calico();
    minor.map_or_else(String::new, |minor| format!(" --version {minor}.x"))
}

/// An upgrade of the release that is there, to nothing but these values.
pub(crate) fn upgrade(inputs: &Inputs, release: &str, namespace: &str) -> String {
    let there = inputs.facts.install.release();
    let version = there.map_or_else(
        || version(inputs),
        |release| format!(" --version {release}"),
    );
    format!(
        "helm upgrade {} projectcalico/tigera-operator{version} --namespace {} --reuse-values -f \
         {VALUES}",
        pasted(release),
        pasted(namespace)
    )
}
