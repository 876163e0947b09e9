//! The report of a run, as JSON. docs/report.md describes it.

use calico_core::rules::{Rule, Verdict, all};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::judge::{Evidence, JudgedViolation, Origin};
use crate::outcome::{Outcome, PoolDefaults};
use crate::plan::model::{PoolPlan, ValueSource};
use crate::read::stream::Stream;

/// The report of a run.
pub(crate) fn report(stream: &Stream, outcome: &Outcome, result: &Result<(), Error>) -> Value {
    json!({
        "apiVersion": "helm-postrender/v1",
        "kind": "Report",
        "toolVersion": env!("CARGO_PKG_VERSION"),
        "outcome": outcome_word(outcome, result),
        "error": result.as_ref().err().map(ToString::to_string),
        "installation": outcome.installation.as_ref().map(|installation| {
            let place = installation.place(stream);
            json!({
                "name": installation.name,
                "document": place.document,
                "line": place.line,
                "column": place.column,
            })
        }),
        "operator": outcome.operator.map(|operator| json!({
            "version": operator.version.to_string(),
            "calico": operator.version.calico(),
            "source": operator.source,
        })),
        "cluster": outcome.cluster.as_ref().map(|cluster| json!({
            "server": cluster.plan.server,
            "source": cluster.source,
            "path": cluster.path,
        })),
        "fields": outcome.pools.iter().flat_map(fields).collect::<Vec<_>>(),
        "defaults": outcome.defaults.iter().map(defaults).collect::<Vec<_>>(),
        "rules": outcome.violations.as_ref().map_or(Vec::new(), |violations| {
            all().map(|rule| checked_rule(rule, violations, outcome.cluster.is_some())).collect()
        }),
        "notes": outcome.notes,
    })
}

fn outcome_word(outcome: &Outcome, result: &Result<(), Error>) -> &'static str {
    match result {
        Ok(()) if outcome.replacement.is_some() => "changed",
        Ok(()) => "unchanged",
        Err(Error::WouldChange(_)) => "wouldChange",
        Err(Error::Refused(_) | Error::Rules(_) | Error::Usage(_)) => "refused",
        Err(Error::Io(_) | Error::BrokenPipe) => "failed",
    }
}

fn fields(plan: &PoolPlan) -> Vec<Value> {
    let fields = plan.fields.iter().map(|field| {
        json!({
            "path": plan.path(field.field.key()),
            "pool": plan.index,
            "newPool": plan.is_new,
            "field": field.field.key(),
            "old": field.old,
            "new": field.new.as_ref().map(ToString::to_string),
            "result": if field.new.is_some() { "set" } else { "kept" },
            "source": source(&field.source),
        })
    });
    let copied = plan.copied.iter().map(|field| {
        json!({
            "path": plan.path(&field.key),
            "pool": plan.index,
            "newPool": plan.is_new,
            "field": field.key,
            "old": null,
            "new": field.text(),
            "result": "set",
            "source": source(&field.source),
        })
    });
    fields.chain(copied).collect()
}

fn source(source: &ValueSource) -> &'static str {
    match source {
        ValueSource::Flag => "flag",
        ValueSource::ExistingPool(_) => "existingPool",
        ValueSource::ClusterPlan => "clusterPlan",
    }
}

fn defaults(defaults: &PoolDefaults) -> Value {
    let fields: Map<String, Value> = defaults
        .fields
        .iter()
        .map(|(key, value)| ((*key).to_owned(), json!(value)))
        .collect();
    json!({ "pool": defaults.pool, "fields": fields })
}

fn checked_rule(rule: &Rule, violations: &[JudgedViolation], cluster_is_known: bool) -> Value {
    let of_rule: Vec<&JudgedViolation> = violations
        .iter()
        .filter(|judged| judged.violation.rule.entry.code == rule.entry.code)
        .collect();
    json!({
        "code": rule.entry.code,
        "result": if has(&of_rule, Verdict::Refused) {
            "refused"
        } else if has(&of_rule, Verdict::Allowed) {
            "allowed"
        } else if has(&of_rule, Verdict::Warned) {
            "warned"
        } else if has(&of_rule, Verdict::Noted) {
            "noted"
        } else if rule.needs_cluster() && !cluster_is_known {
            "skipped"
        } else {
            "passed"
        },
        "violations": of_rule.iter().map(|judged| violation(judged)).collect::<Vec<_>>(),
        "more": of_rule.iter().map(|judged| judged.violation.more).sum::<usize>(),
    })
}

fn has(violations: &[&JudgedViolation], verdict: Verdict) -> bool {
    violations
        .iter()
        .any(|judged| judged.violation.verdict == verdict)
}

fn violation(judged: &JudgedViolation) -> Value {
    let violation = &judged.violation;
    json!({
        "message": violation.problem,
        "evidence": [evidence(&violation.path, &judged.evidence)],
        "impact": violation.impact,
        "fix": [{ "what": violation.fix_with_flags(), "commands": [] }],
    })
}

fn evidence(path: &str, evidence: &Evidence) -> Value {
    json!({
        "object": { "kind": "Installation", "name": evidence.installation },
        "field": path,
        "value": evidence.value,
        "origin": match &evidence.origin {
            Origin::Flag(flag) => json!({ "flag": flag }),
            Origin::Cluster(text) => json!({ "cluster": text }),
            Origin::Stream(place) => json!(place),
        },
    })
}
