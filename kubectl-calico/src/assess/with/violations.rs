//! The rules that the Installation breaks with the manifests.

use std::collections::BTreeSet;

use calico_core::installation::path::value_at;
use serde_yaml::Value;

use super::origins::Origins;
use crate::assess::check::Case;
use crate::assess::checks::installation_rules::{Acceptance, RULE_BROKEN, broken};
use crate::assess::finding::{Finding, Severity};
use crate::assess::report::Report;
use crate::facts::Facts;
use crate::snapshot::{Installation, ObjectRef, Snapshot};
use crate::views::objects::default_installation;

/// The violations. What the operator has accepted in the cluster, it accepts again.
pub(super) fn violations(
    before: &Report,
    cluster: &Snapshot,
    after: &Case,
    origins: &Origins,
) -> Vec<Finding> {
    let code = RULE_BROKEN.entry.code;
    let reported = before.findings.iter().filter(|found| found.code == code);
    let reported: BTreeSet<&str> = reported.map(|found| found.message.as_str()).collect();
    let accepted: BTreeSet<String> = of_installation(cluster, &before.facts)
        .into_iter()
        .map(|found| found.message)
        .filter(|message| !reported.contains(message.as_str()))
        .collect();
    let mut found = of_installation(after.snapshot, after.facts);
    found.retain(|found| !accepted.contains(&found.message));
    for found in &mut found {
        name_what_stays(found, origins);
    }
    of_one_change(found, &reported, origins, after)
}

/// Says how a manifest removes a field that it does not set: what the operator has written to the Installation stays if
/// the manifest leaves it out.
fn name_what_stays(found: &mut Finding, origins: &Origins) {
    let Some(first) = found.evidence.first() else {
        return;
    };
    let removes = found
        .manifest_fix
        .as_deref()
        .is_some_and(|fix| fix.starts_with("remove it"));
    let installation = ObjectRef::installation().to_string();
    if removes && !origins.is_new(&installation) && !origins.is_set(first) {
        found.manifest_fix = Some(format!(
            "set {} to null in the manifest of the Installation: without that, the value {} of the cluster stays",
            first.field, first.value
        ));
    }
}

/// The rules that an Installation breaks, whether the operator has accepted it or not.
fn of_installation(snapshot: &Snapshot, facts: &Facts) -> Vec<Finding> {
    if RULE_BROKEN.can_judge(&snapshot.unknown()) {
        broken(&Case { snapshot, facts }, Acceptance::Ignored)
    } else {
        Vec::new()
    }
}

/// Puts violations into one finding that follow from the same change: if the manifests change one field of
/// the Installation, and it is others that no longer fit.
fn of_one_change(
    found: Vec<Finding>,
    reported: &BTreeSet<&str>,
    origins: &Origins,
    after: &Case,
) -> Vec<Finding> {
    let installation = ObjectRef::installation().to_string();
    let changed = origins.overlay().fields.get(&installation);
    let changed: Vec<&String> = changed.into_iter().flatten().collect();
    let [field] = changed.as_slice() else {
        return found;
    };
    let is_untouched = |found: &Finding| {
        found.severity == Severity::Error
            && !reported.contains(found.message.as_str())
            && !found
                .evidence
                .first()
                .is_some_and(|first| origins.is_set(first))
    };
    let (mut others, rest): (Vec<Finding>, Vec<Finding>) =
        found.into_iter().partition(is_untouched);
    if others.len() < 2 {
        others.extend(rest);
        return others;
    }
    let rules: BTreeSet<&str> = others
        .iter()
        .filter_map(|found| rule(&found.message))
        .collect();
    let rules: Vec<&str> = rules.into_iter().collect();
    let value = written(after, field);
    let count = others.len();
    let mut one = Finding::error(
        &RULE_BROKEN.entry,
        ObjectRef::installation(),
        format!(
            "{field} {value} does not fit {count} other fields of the Installation (rules {})",
            rules.join(", ")
        ),
    )
    .evidence(ObjectRef::installation(), field.as_str(), value);
    let evidence = others.iter().flat_map(|found| &found.evidence);
    for evidence in evidence {
        if !one.evidence.contains(evidence) {
            one.evidence.push(evidence.clone());
        }
    }
    let one = one
        .impact("the operator stops reconciling, and TigeraStatus calico becomes Degraded")
        .in_manifest(if *field == "spec.cni.type" {
            format!(
                "leave {field} as it is: another CNI plugin cuts off the pods of a running cluster"
            )
        } else {
            format!("leave {field} as it is in the cluster, or change the other fields with it")
        });
    [one].into_iter().chain(rest).collect()
}

/// A value of the Installation, as text.
fn written(case: &Case, field: &str) -> String {
    let document = default_installation(case.snapshot).map(Installation::document);
    let value = document.as_ref().and_then(|it| value_at(it, field));
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => serde_json::to_string(value).unwrap_or_default(),
        None => "no value".to_owned(),
    }
}

/// The rule that the message of a violation names.
fn rule(message: &str) -> Option<&str> {
    let (_, rule) = message.rsplit_once("(rule ")?;
    rule.split([')', ';']).next()
}
