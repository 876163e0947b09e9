//! What speaks against an encapsulation that somebody chose.

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;

use super::basis::Basis;
use super::cloud::objection;
use crate::assess::fact::Fact;
use crate::assess::finding::Finding;

/// By the cloud and by Windows; the operator's rules are judged with the whole plan.
pub(super) fn findings(
    basis: &Basis,
    encapsulation: Encapsulation,
    cidr: Option<&Cidr>,
) -> Vec<Finding> {
    let subject = cidr.map_or_else(|| "Pool".to_owned(), Cidr::to_string);
    let mut findings = Vec::new();
    let cloud = &basis.facts.cluster.cloud;
    if let Fact::Known { value, from } = cloud
        && let Some((severity, so, fix)) = objection(*value, encapsulation)
    {
        let message = format!("{encapsulation} on {}", value.name());
        let finding = Finding::new(severity, subject.clone(), message)
            .seen(from.join(", "), "", value.name())
            .then(so)
            .fix(fix);
        findings.push(Finding {
            code: "encapsulation-on-cloud",
            ..finding
        });
    }
    let windows = basis.windows();
    if windows > 0 && !matches!(encapsulation, Encapsulation::Vxlan | Encapsulation::None) {
        let message = format!("{encapsulation}, and Windows runs on {windows} of the nodes");
        let finding = Finding::warning(subject, message)
            .seen("Nodes", "label kubernetes.io/os", "windows")
            .then("Calico has VXLAN or None on Windows, so pods there cannot reach the others")
            .fix("choose VXLAN");
        findings.push(Finding {
            code: "encapsulation-on-windows",
            ..finding
        });
    }
    findings
}
