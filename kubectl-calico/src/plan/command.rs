//! Commands to paste.

use serde_json::Value;

use super::basis::Basis;
use crate::assess::shell::{patch, word};
use crate::assess::words::pasted;
use crate::snapshot::Unknown;

/// The file that the pools are written to for Helm: none that somebody has by another plan.
pub(super) const VALUES: &str = "calico-pools.yaml";

/// A patch of the Installation that the operator reads: `json` or `merge`.
pub(super) fn patch_installation(kind: &str, change: &Value) -> String {
    patch("installations.operator.tigera.io", "default", kind, change)
}

/// This plan again, in another format. A snapshot is of a cluster, which is there to be asked; of
/// other files nobody knows whether it is.
pub(super) fn again(basis: &Basis, format: &str) -> String {
    let mut words = vec!["kubectl calico plan".to_owned()];
    let unknown = basis.snapshot.unknown();
    if unknown.iter().any(|(_, why)| *why == Unknown::NotGiven) {
        let files = basis.asked.files.iter();
        words.extend(files.map(|file| format!("-f {}", word(file))));
    }
    words.extend(basis.asked.flags());
    words.push(format!("-o {format}"));
    words.join(" ")
}

/// This plan again, into [`VALUES`].
pub(super) fn write_values(basis: &Basis) -> String {
    format!("{} > {VALUES}", again(basis, "values"))
}

/// ` --version 3.32.x`: the newest patch of the minor whose rules were applied.
pub(super) fn version(basis: &Basis) -> String {
    let minor = basis.operator.calico();
    minor.map_or_else(String::new, |minor| format!(" --version {minor}.x"))
}

/// An upgrade of the release that is there, to nothing but these values.
pub(super) fn upgrade(basis: &Basis, release: &str, namespace: &str) -> String {
    let there = basis.facts.install.release();
    let version = there.map_or_else(|| version(basis), |release| format!(" --version {release}"));
    format!(
        "helm upgrade {} projectcalico/tigera-operator{version} --namespace {} --reuse-values -f \
         {VALUES}",
        pasted(release),
        pasted(namespace)
    )
}
