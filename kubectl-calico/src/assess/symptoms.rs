//! Which findings are symptoms of others.

use std::str::FromStr;

use calico_core::cidr::Cidr;

use super::finding::{Finding, Suspect};

/// For each finding, the one that it is a symptom of. Following them never leads in a circle, and a
/// symptom is never more severe than its cause.
pub(super) fn causes(findings: &[Finding]) -> Vec<Option<usize>> {
    let mut causes: Vec<Option<usize>> = vec![None; findings.len()];
    for (index, symptom) in findings.iter().enumerate() {
        let is_cause = |causes: &[Option<usize>], other: usize, suspect: &Suspect| {
            findings.get(other).is_some_and(|cause| {
                cause.severity >= symptom.severity
                    && !leads_to(causes, other, index)
                    && is(cause, suspect, symptom)
            })
        };
        let found = symptom.suspects.iter().find_map(|suspect| {
            let mut others = (0..findings.len()).filter(|other| is_cause(&causes, *other, suspect));
            let first = others.next()?;
            // Of several with a code, the one about the network that the symptom names.
            let is_meant = |other: &usize| {
                let cause = findings.get(*other);
                cause.is_some_and(|cause| names_network_of(symptom, cause))
            };
            let meant = std::iter::once(first).chain(others).find(is_meant);
            Some(meant.unwrap_or(first))
        });
        if let Some(cause) = causes.get_mut(index) {
            *cause = found;
        }
    }
    causes
}

/// Whether a finding is another one, or a symptom of it.
fn leads_to(causes: &[Option<usize>], from: usize, to: usize) -> bool {
    let mut at = from;
    loop {
        if at == to {
            return true;
        }
        match causes.get(at) {
            Some(Some(cause)) => at = *cause,
            _ => return false,
        }
    }
}

/// Whether a finding is what another one may be a symptom of.
fn is(cause: &Finding, suspect: &Suspect, symptom: &Finding) -> bool {
    match suspect {
        Suspect::Code(code) => cause.code == *code,
        Suspect::NamedCode(code) => {
            cause.code == *code && (!is_about_workload(cause) || names(symptom, cause.name()))
        }
        Suspect::CodeOf(code, value) => {
            let mut evidence = cause.evidence.iter();
            cause.code == *code && evidence.any(|it| first_word(&it.value) == value)
        }
        Suspect::Subject(object) => cause.subject.is(object),
        Suspect::Workload(name) => is_about_pods(cause) && is_named(cause, name),
        Suspect::NamedWorkload => is_about_pods(cause) && names(symptom, cause.name()),
    }
}

/// Whether what is wrong is with the pods of a workload: CAL4xx is Typha, CAL5xx are nodes and pods.
fn is_about_pods(finding: &Finding) -> bool {
    is_about_workload(finding) && matches!(finding.code.as_bytes(), [_, _, _, b'4' | b'5', ..])
}

fn is_about_workload(finding: &Finding) -> bool {
    matches!(finding.subject.kind(), "DaemonSet" | "Deployment" | "Pod")
}

/// Whether a finding is about the workload of that name, or one of its pods.
fn is_named(finding: &Finding, workload: &str) -> bool {
    let rest = finding.name().strip_prefix(workload);
    rest.is_some_and(|rest| {
        rest.is_empty() || (finding.subject.kind() == "Pod" && rest.starts_with('-'))
    })
}

/// A value without a remark: `10.244.0.0/24 (blocks of /26)`.
fn first_word(value: &str) -> &str {
    value.split(' ').next().unwrap_or_default()
}

/// Whether the evidence of a finding contains a CIDR of another one's.
fn names_network_of(finding: &Finding, other: &Finding) -> bool {
    let values = other.evidence.iter().map(|it| first_word(&it.value));
    let mut networks = values.filter(|value| Cidr::from_str(value).is_ok());
    networks.any(|network| names(finding, network))
}

/// Whether the evidence of a finding contains a name.
fn names(finding: &Finding, name: &str) -> bool {
    let mut evidence = finding.evidence.iter();
    !name.is_empty() && evidence.any(|evidence| evidence.value.contains(name))
}
