//! The order of findings: what must be fixed first, and symptoms below their causes.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::check::Check;
use super::checks::api_server::API_SERVER_SILENT;
use super::checks::components::COMPONENT_NOT_AVAILABLE;
use super::checks::crds::KINDS_NOT_SERVED;
use super::checks::dataplane::DATAPLANE_DRIFT;
use super::checks::deletion::DELETION_STUCK;
use super::checks::ebpf::{KUBE_PROXY_BESIDE, NO_API_ADDRESS};
use super::checks::foreign_pods::ADDRESS_OUTSIDE_POOLS;
use super::checks::installation::INSTALLATION_MISSING;
use super::checks::installation_rules::RULE_BROKEN;
use super::checks::kubeadm::POD_SUBNET_MISSING;
use super::checks::kubernetes_version::OPERATOR_TOO_OLD;
use super::checks::nodes_without_address::NO_ADDRESS;
use super::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;
use super::checks::typha_replicas::NOT_READY as TYPHA_NOT_READY;
use super::finding::{Finding, FindingRef, Severity};
use super::symptoms::causes;
use crate::repair::Step;
use crate::repair::step::begin_with;

/// Pairs of checks: the fix of the second one fails, or does harm, while the first one's is pending.
const SEQUENCE: [(&Check, &Check); 10] = [
    // An operator that is too old for Kubernetes never completes an install.
    (&OPERATOR_TOO_OLD, &INSTALLATION_MISSING),
    (&OPERATOR_TOO_OLD, &KINDS_NOT_SERVED),
    // The operator does nothing until it can read its kinds.
    (&KINDS_NOT_SERVED, &INSTALLATION_MISSING),
    // While one waits, the operator creates the pool that it should not.
    (&RULE_BROKEN, &COMPONENT_NOT_AVAILABLE),
    // Nothing is created in a namespace that is being deleted.
    (&DELETION_STUCK, &INSTALLATION_MISSING),
    // The operator creates the API server only after the pools.
    (&POOL_OUTSIDE_POD_NETWORK, &API_SERVER_SILENT),
    (&POD_SUBNET_MISSING, &API_SERVER_SILENT),
    // The other plugin would connect recreated pods again.
    (&ADDRESS_OUTSIDE_POOLS, &POOL_OUTSIDE_POD_NETWORK),
    // kube-proxy must run before eBPF is turned off.
    (&DATAPLANE_DRIFT, &KUBE_PROXY_BESIDE),
    // Typha needs nodes with an address.
    (&NO_ADDRESS, &TYPHA_NOT_READY),
];

/// The findings in the order in which to fix them, each followed by its symptoms. Within one severity,
/// they stay in the order in which they were found.
pub(super) fn ordered(mut findings: Vec<Finding>) -> Vec<Finding> {
    let found: Vec<FindingRef> = findings.iter().map(Finding::reference).collect();
    for finding in &mut findings {
        finding.after = finding.after.take().filter(|first| found.contains(first));
    }
    let causes = causes(&findings);
    for (index, cause) in causes.iter().enumerate() {
        let cause = cause.and_then(|cause| findings.get(cause));
        let reference = cause.map(Finding::reference);
        if let Some(finding) = findings.get_mut(index) {
            finding.symptom_of = reference;
        }
    }
    put_first(&mut findings);
    let root = |index: usize| {
        let mut root = index;
        while let Some(Some(cause)) = causes.get(root) {
            root = *cause;
        }
        root
    };
    let rank = |index: usize| {
        findings
            .get(index)
            .map(|finding| (urgency(finding), finding.severity))
    };
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|index| {
        let root = root(*index);
        (Reverse(rank(root)), root, *index != root, *index)
    });
    let mut unordered: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let mut findings: Vec<Finding> = order
        .into_iter()
        .filter_map(|index| unordered.get_mut(index)?.take())
        .collect();
    for (first, then) in SEQUENCE {
        put_before(
            &mut findings,
            |finding| first.found(finding),
            |finding| then.found(finding),
        );
    }
    let steps = findings.iter().flat_map(|finding| &finding.fix);
    let named: BTreeSet<&'static str> = steps.filter_map(Step::fixed_first).collect();
    for code in named {
        put_before(
            &mut findings,
            |finding| finding.code == code,
            |finding| {
                finding
                    .fix
                    .iter()
                    .any(|step| step.fixed_first() == Some(code))
            },
        );
    }
    let required: Vec<(FindingRef, FindingRef)> = findings
        .iter()
        .filter(|finding| finding.symptom_of.is_none())
        .filter_map(|finding| Some((finding.after.clone()?, finding.reference())))
        .collect();
    for (first, then) in required {
        let is_it = |found: &Finding, of: &FindingRef| {
            found.symptom_of.is_none() && found.reference() == *of
        };
        let at = |of: &FindingRef| findings.iter().position(|found| is_it(found, of));
        if let (Some(from), Some(to)) = (at(&first), at(&then)) {
            rotate(&mut findings, from, to);
        }
    }
    findings
}

/// Moves a finding, with its symptoms, before another one, if it is behind that.
fn rotate(findings: &mut [Finding], from: usize, to: usize) {
    let behind = findings.iter().skip(from + 1);
    let symptoms = behind.take_while(|finding| finding.symptom_of.is_some());
    let moved = symptoms.count() + 1;
    if let Some(range) = findings.get_mut(to..from + moved).filter(|_| to < from) {
        range.rotate_right(moved);
    }
}

/// Moves the first of some findings, with its symptoms, before others.
fn put_before(
    findings: &mut [Finding],
    first: impl Fn(&Finding) -> bool,
    then: impl Fn(&Finding) -> bool,
) {
    let cause = |is_it: &dyn Fn(&Finding) -> bool| {
        let mut found = findings.iter();
        found.position(|finding| is_it(finding) && finding.symptom_of.is_none())
    };
    let (Some(from), Some(to)) = (cause(&first), cause(&then)) else {
        return;
    };
    let reference = findings.get(from).map(Finding::reference);
    for finding in findings.iter_mut().filter(|finding| then(finding)) {
        if finding.after.is_none() && finding.symptom_of.is_none() {
            finding.after.clone_from(&reference);
        }
    }
    rotate(findings, from, to);
}

/// Puts a change that the operator makes as soon as it can before whatever enables it to: what keeps it
/// from making the change is most often what another finding is about.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
fn put_first(findings: &mut [Finding]) {
    // Among equal ones, the first.
    let first = findings
        .iter()
        .rev()
        .filter_map(|finding| {
            Some((
                (urgency(finding), finding.severity),
                finding.reference(),
                finding.pending.clone()?,
            ))
        })
        .max_by_key(|(rank, ..)| *rank);
    let Some((_, first, change)) = first else {
        return;
    };
    for finding in findings {
        // Another one that is pending comes before all others, too.
        let is_pending = finding.code == first.code && finding.pending.is_some();
        let is_of_it =
            is_pending || finding.reference() == first || finding.pending.as_ref() == Some(&change);
        if is_of_it || !may_enable(finding) || finding.fix.is_empty() {
            continue;
        }
        // A finding with the same code is about another object.
        let name = if finding.code == first.code {
            first.to_string()
        } else {
            first.code.to_owned()
        };
        let step = Step::new(format!(
            "fix {name} first: otherwise the operator {change} as soon as it can"
        ));
        begin_with(&mut finding.fix, &step);
        finding.after = Some(first.clone());
    }
}

/// How urgent it is to prevent what the operator does as soon as it can: a deletion cannot be undone.
fn urgency(finding: &Finding) -> u8 {
    match &finding.pending {
        None => 0,
        Some(change) if change.cannot_be_undone() => 2,
        Some(_) => 1,
    }
}

/// Whether the fix may enable the operator, or Calico's API server, to work again. Both need the whole
/// cluster: CRDs, an Installation that the operator accepts, pods that run, nodes that reach each other.
/// What is about routing and the data plane (CAL3xx) keeps neither from running, except for the way to
/// the Kubernetes API server.
fn may_enable(finding: &Finding) -> bool {
    let about_routing = finding.code.starts_with("CAL3") && !NO_API_ADDRESS.found(finding);
    finding.severity > Severity::Note && !about_routing
}

#[cfg(test)]
mod tests {
    use calico_core::catalog::Entry;

    use super::*;
    use crate::assess::finding::Suspect;
    use crate::assess::pending_change::PendingChange;
    use crate::assess::subject::Subject;
    use crate::snapshot::ObjectRef;

    const fn entry(code: &'static str) -> Entry {
        Entry {
            code,
            title: "",
            meaning: "",
            impact: "",
            criteria: "",
            fix: "",
            source: "",
        }
    }

    fn finding(code: &'static str, severity: Severity, subject: &'static str) -> Finding {
        let parts: Vec<&str> = subject.split('/').collect();
        let subject: Subject = match parts[..] {
            [kind, name] => ObjectRef::named(kind, name).into(),
            [kind, namespace, name] => ObjectRef::in_namespace(kind, namespace, name).into(),
            _ => subject.into(),
        };
        Finding::new(&entry(code), severity, subject, "").fix("fix it")
    }

    fn codes(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_pending_change_comes_first_and_what_enables_it_names_it() {
        let found = ordered(vec![
            finding("CAL103", Severity::Error, "Deployment/o/tigera-operator"),
            finding("CAL307", Severity::Warning, "Node"),
            finding("CAL208", Severity::Warning, "IPPool/a")
                .pending(PendingChange::Delete(ObjectRef::named("IPPool", "a"))),
        ]);
        assert_eq!(codes(&found), ["CAL208", "CAL103", "CAL307"]);
        let after: Vec<Option<&str>> = found
            .iter()
            .map(|finding| finding.after.as_ref().map(|after| after.subject.name()))
            .collect();
        assert_eq!(after, [None, Some("a"), None]);
        assert_eq!(
            found[1].fix[0].what,
            "fix CAL208 first: otherwise the operator deletes IPPool/a as soon as it can"
        );
        assert_eq!(found[1].fix.len(), 2);
    }

    #[test]
    fn a_fix_that_another_one_needs_comes_before_it() {
        let found = ordered(vec![
            finding("CAL101", Severity::Error, "Installation/default"),
            finding("CAL103", Severity::Error, "Deployment/o/tigera-operator"),
            finding("CAL105", Severity::Error, "Namespace/calico-system"),
            finding("CAL107", Severity::Error, "TigeraStatus/calico")
                .suspects([Suspect::Code("CAL105")]),
        ]);
        assert_eq!(codes(&found), ["CAL105", "CAL107", "CAL101", "CAL103"]);
        let after = found[2].after.as_ref().map(|after| after.code);
        assert_eq!(after, Some("CAL105"));
    }

    #[test]
    fn a_symptom_stands_below_its_cause() {
        let said = |name: &'static str, message: &str| {
            finding("CAL107", Severity::Error, name)
                .evidence(
                    ObjectRef::all("TigeraStatus"),
                    "condition Degraded",
                    message,
                )
                .suspects([
                    Suspect::NamedWorkload,
                    Suspect::Subject(ObjectRef::named("TigeraStatus", "ippools")),
                ])
        };
        let found = ordered(vec![
            said(
                "TigeraStatus/calico",
                "Pod calico-system/calico-node-x7 has failed",
            ),
            said("TigeraStatus/ippools", "waiting"),
            said("TigeraStatus/tiers", "waiting for pools"),
            finding(
                "CAL502",
                Severity::Error,
                "DaemonSet/calico-system/calico-node",
            ),
            finding("CAL504", Severity::Error, "Pod/kube-system/coredns-1")
                .suspects([Suspect::Workload("calico-node")]),
        ]);
        let lines: Vec<(&str, Option<&str>)> = found
            .iter()
            .map(|finding| {
                let cause = finding.symptom_of.as_ref();
                (
                    finding.subject.name(),
                    cause.map(|cause| cause.subject.name()),
                )
            })
            .collect();
        let node = "calico-node";
        assert_eq!(
            lines,
            [
                ("ippools", None),
                ("tiers", Some("ippools")),
                (node, None),
                ("calico", Some(node)),
                ("coredns-1", Some(node)),
            ]
        );
    }

    #[test]
    fn of_several_causes_with_a_code_it_is_the_one_that_is_meant() {
        let of_pool = |pool: &'static str, cidr: &str| {
            finding("CAL201", Severity::Error, pool).evidence(
                ObjectRef::all("IPPool"),
                "spec.cidr",
                format!("{cidr} (blocks of /26)"),
            )
        };
        let named = finding("CAL107", Severity::Error, "TigeraStatus/ippools")
            .evidence(
                ObjectRef::all("TigeraStatus"),
                "condition Degraded",
                "IPPool 10.2.0.0/16 is not within",
            )
            .suspects([Suspect::NamedCode("CAL201")]);
        let of = |subject: &'static str, cidr: &str| {
            finding("CAL215", Severity::Error, subject)
                .suspects([Suspect::CodeOf("CAL201", cidr.to_owned())])
        };
        let found = ordered(vec![
            of_pool("IPPool/a", "10.1.0.0/16"),
            of_pool("IPPool/b", "10.2.0.0/16"),
            named,
            of("b", "10.2.0.0/16"),
            of("c", "10.3.0.0/16"),
        ]);
        let causes: Vec<Option<&str>> = found
            .iter()
            .map(|finding| {
                finding
                    .symptom_of
                    .as_ref()
                    .map(|cause| cause.subject.name())
            })
            .collect();
        let b = Some("b");
        assert_eq!(causes, [None, None, b, b, None]);
    }

    #[test]
    fn two_that_suspect_each_other_and_a_cause_that_is_milder_stay_apart() {
        let each = |one: &'static str, other: &str| {
            finding("CAL107", Severity::Error, one)
                .suspects([Suspect::Subject(ObjectRef::named("TigeraStatus", other))])
        };
        let found = ordered(vec![
            each("TigeraStatus/a", "b"),
            each("TigeraStatus/b", "a"),
            each("TigeraStatus/c", "d"),
            finding("CAL109", Severity::Warning, "TigeraStatus/d"),
        ]);
        let symptoms = found.iter().filter(|finding| finding.symptom_of.is_some());
        assert_eq!(symptoms.count(), 1);
    }
}
