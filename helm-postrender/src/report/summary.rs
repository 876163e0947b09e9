//! The lines for stderr: what was set, what the operator will fill in, and notes.

use std::fmt::Write as _;

use calico_core::rules::Verdict;
use calico_core::text::{MOST, quoted, shown};

use crate::outcome::{Outcome, PoolDefaults};
use crate::plan::model::{CopiedField, FieldPlan, PoolPlan, ValueSource};
use crate::read::stream::Stream;

/// The summary of a run that was not refused.
pub(crate) fn summary(stream: &Stream, outcome: &Outcome) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    if let (Some(installation), Some(operator)) = (&outcome.installation, outcome.operator) {
        let _ = writeln!(
            text,
            "helm-postrender: Installation {} in {}, operator {} ({})",
            shown(&installation.name),
            installation.place(stream),
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
    for line in defaults(&outcome.defaults) {
        let _ = writeln!(text, "  {line}");
    }
    for judged in outcome.violations.iter().flatten() {
        let label = match judged.violation.verdict {
            Verdict::Allowed => "allowed",
            Verdict::Noted => "note",
            Verdict::Warned | Verdict::Refused => "warning",
        };
        let _ = writeln!(text, "  {label}:\n{judged}");
    }
    for note in &outcome.notes {
        let _ = writeln!(text, "  note: {}", note.replace('\n', "\n  "));
    }
    text
}

/// One line for each field that changes, or that already has its value.
pub(crate) fn changes(outcome: &Outcome) -> Vec<String> {
    outcome
        .pools
        .iter()
        .flat_map(|plan| {
            let fields = plan.fields.iter().map(|field| change(plan, field));
            fields.chain(plan.copied.iter().map(|field| copy(plan, field)))
        })
        .collect()
}

fn change(plan: &PoolPlan, field: &FieldPlan) -> String {
    let path = plan.path(field.field.key());
    match (&field.new, &field.old, &field.source) {
        (None, old, _) => {
            format!("kept {path}: {}", shown(old.as_deref().unwrap_or_default()))
        }
        (Some(new), None, ValueSource::Flag) => format!("set {path}: {new}"),
        (Some(new), None, source) => format!("set {path}: {new}, {source}"),
        (Some(new), Some(old), _) => format!("set {path}: {new} (was {})", quoted(old)),
    }
}

fn copy(plan: &PoolPlan, field: &CopiedField) -> String {
    let path = plan.path(&field.key);
    format!("set {path}: {}, {}", shown(field.text()), field.source)
}

fn defaults(defaults: &[PoolDefaults]) -> Vec<String> {
    let filled: Vec<&PoolDefaults> = defaults
        .iter()
        .filter(|defaults| !defaults.fields.is_empty())
        .collect();
    let mut lines: Vec<String> = filled
        .iter()
        .take(MOST)
        .map(|defaults| {
            let fields: Vec<String> = defaults
                .fields
                .iter()
                .map(|(key, value)| format!("{key} {}", shown(value)))
                .collect();
            format!(
                "operator defaults for ipPools[{}]: {}",
                defaults.pool,
                fields.join(", ")
            )
        })
        .collect();
    if let Some(more @ 1..) = filled.len().checked_sub(MOST) {
        lines.push(format!("operator defaults for {more} more pools"));
    }
    lines
}
