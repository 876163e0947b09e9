//! What a run did, for people (stderr) and for programs (`--report`, JSON).

pub(crate) mod diff;
pub(crate) mod file;

use std::fmt::Write as _;

use calico_core::rules::{CLUSTER_RULES, Rule, Verdict, all};
use calico_core::text::{MOST, quoted, shown};
use serde_json::{Value, json};

use crate::error::Error;
use crate::filter::Outcome;
use crate::judge::{Judged, Origin};
use crate::plan::model::{Copied, FieldPlan, PoolPlan, Source};
use crate::read::stream::Stream;

/// The lines for stderr: what was set, what is left to the operator, what is worth knowing.
pub(crate) fn summary(stream: &Stream, outcome: &Outcome) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    if let (Some((name, document, start)), Some(operator)) =
        (&outcome.installation, outcome.operator)
    {
        let _ = writeln!(
            text,
            "helm-postrender: Installation {} in {}, operator {} ({})",
            shown(name),
            stream.place(*document, *start),
            operator.version,
            operator.source
        );
    }
    if let Some(cluster) = &outcome.cluster {
        let _ = writeln!(text, "  cluster: {}", cluster.label());
    }
    for change in changes(outcome) {
        let _ = writeln!(text, "  {change}");
    }
    let left: Vec<_> = outcome
        .filled
        .iter()
        .filter(|(_, f)| !f.is_empty())
        .collect();
    for (index, filled) in left.iter().take(MOST) {
        let filled: Vec<String> = filled
            .iter()
            .map(|(key, value)| format!("{key} {}", shown(value)))
            .collect();
        let filled = filled.join(", ");
        let _ = writeln!(text, "  left to the operator in ipPools[{index}]: {filled}");
    }
    if let Some(more @ 1..) = left.len().checked_sub(MOST) {
        let _ = writeln!(text, "  left to the operator in {more} more pools, too");
    }
    for judged in &outcome.judged {
        let word = match judged.violation.verdict {
            Verdict::Allowed => "allowed",
            _ => "warning",
        };
        let _ = writeln!(text, "  {word}:\n{judged}");
    }
    for note in &outcome.notes {
        let _ = writeln!(text, "  note: {}", note.replace('\n', "\n  "));
    }
    text
}

/// One line for each field that changes or is there already.
pub(crate) fn changes(outcome: &Outcome) -> Vec<String> {
    let line = |plan: &PoolPlan, field: &FieldPlan| {
        let path = path(plan, field.field.key());
        match (&field.new, &field.old, &field.source) {
            (None, old, _) => {
                format!("kept {path}: {}", shown(old.as_deref().unwrap_or_default()))
            }
            (Some(new), None, Source::Flag) => format!("set {path}: {new}"),
            (Some(new), None, source) => format!("set {path}: {new}, {source}"),
            (Some(new), Some(old), _) => format!("set {path}: {new} (was {})", quoted(old)),
        }
    };
    let copied = |plan: &PoolPlan, other: &Copied| {
        let (path, value) = (path(plan, &other.key), copied(other));
        let source = Source::ExistingPool(other.pool.clone());
        format!("set {path}: {}, {source}", shown(value))
    };
    let plans = outcome.plans.iter();
    plans
        .flat_map(|plan| {
            let fields = plan.fields.iter().map(move |field| line(plan, field));
            fields.chain(plan.others.iter().map(move |other| copied(plan, other)))
        })
        .collect()
}

fn path(plan: &PoolPlan, key: &str) -> String {
    format!("spec.calicoNetwork.ipPools[{}].{key}", plan.index)
}

/// A value that was copied, for people.
fn copied(other: &Copied) -> String {
    match other.value.as_str() {
        Some(text) => text.to_owned(),
        None => json!(other.value).to_string(),
    }
}

/// The report of a run, written to a file. docs/report.md describes it.
pub(crate) fn json(stream: &Stream, outcome: &Outcome, result: &Result<(), Error>) -> Value {
    let word = match result {
        Ok(()) if outcome.replacement.is_some() => "changed",
        Ok(()) => "unchanged",
        Err(Error::WouldChange(_)) => "would-change",
        Err(Error::Refused(_) | Error::Rules(_) | Error::Usage(_)) => "refused",
        Err(Error::Io(_) | Error::BrokenPipe) => "failed",
    };
    let broken = match result {
        Err(Error::Rules(judged)) => judged,
        _ => &outcome.judged,
    };
    json!({
        "apiVersion": "helm-postrender/v1",
        "kind": "Report",
        "version": env!("CARGO_PKG_VERSION"),
        "outcome": word,
        "error": result.as_ref().err().map(ToString::to_string),
        "installation": outcome.installation.as_ref().map(|(name, document, start)| {
            let place = stream.place(*document, *start);
            json!({
            "name": name,
            "document": place.document,
            "line": place.line,
            "column": place.column,
        })}),
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
        "fields": outcome.plans.iter().flat_map(fields).collect::<Vec<_>>(),
        "defaults": outcome.filled.iter().map(|(index, filled)| json!({
            "pool": index,
            "fields": filled.iter().cloned().map(|(key, value)| (key.to_owned(), value.into())).collect::<serde_json::Map<_, _>>(),
        })).collect::<Vec<_>>(),
        "rules": if outcome.was_judged { rules(broken, outcome.cluster.is_some()) } else { Vec::new() },
        "notes": outcome.notes,
    })
}

fn fields(plan: &PoolPlan) -> Vec<Value> {
    let row = |key: &str, old: Option<&String>, new: Option<String>, source: &str| {
        json!({
            "path": path(plan, key),
            "pool": plan.index,
            "newPool": plan.is_new,
            "field": key,
            "old": old,
            "result": if new.is_some() { "set" } else { "kept" },
            "new": new,
            "source": source,
        })
    };
    let fields = plan.fields.iter().map(|field| {
        let source = match &field.source {
            Source::Flag => "flag",
            Source::ExistingPool(_) => "existing-pool",
            Source::Plan => "plan",
        };
        let new = field.new.as_ref().map(ToString::to_string);
        row(field.field.key(), field.old.as_ref(), new, source)
    });
    let others = plan.others.iter();
    let others = others.map(|other| row(&other.key, None, Some(copied(other)), "existing-pool"));
    fields.chain(others).collect()
}

fn rules(broken: &[Judged], cluster_is_known: bool) -> Vec<Value> {
    let violation = |judged: &Judged| {
        let violation = &judged.violation;
        json!({
            "path": violation.path,
            "at": match &judged.origin {
                Origin::Flag(flag) => json!({ "flag": flag }),
                Origin::Cluster(told) => json!({ "cluster": told }),
                Origin::Stream(place) => json!(place),
            },
            "problem": violation.problem,
            "impact": violation.impact,
            "fix": violation.fix,
        })
    };
    let rule = |rule: &Rule| {
        let name = rule.entry.code;
        let needs_cluster = CLUSTER_RULES.iter().any(|other| other.entry.code == name);
        let unbroken = if needs_cluster && !cluster_is_known {
            "not-judged"
        } else {
            "passed"
        };
        let of_rule: Vec<&Judged> = broken
            .iter()
            .filter(|j| j.violation.rule.entry.code == name)
            .collect();
        let verdicts = of_rule.iter().map(|judged| judged.violation.verdict);
        let result = verdicts.fold(unbroken, |worst, verdict| match (worst, verdict) {
            (_, Verdict::Refused) | ("refused", _) => "refused",
            (_, Verdict::Allowed) => "allowed",
            (_, Verdict::Warned) => "warned",
        });
        json!({
            "name": name,
            "result": result,
            "violations": of_rule.iter().map(|judged| violation(judged)).collect::<Vec<_>>(),
            "more": of_rule.iter().map(|judged| judged.violation.more).sum::<usize>(),
        })
    };
    all().map(rule).collect()
}
