//! Why a plan is not printed in a format that would be applied.

use calico_core::text::listed;

use crate::assess::finding::{Finding, Severity};
use crate::plan::{Plan, Pool, Unread};

/// One line per reason; `fails` says which findings are one.
pub fn refused(plan: &Plan, fails: impl Fn(Severity) -> bool) -> String {
    let findings = plan.findings.iter().filter(|found| fails(found.severity));
    let mut reasons: Vec<String> = findings.map(finding).collect();
    reasons.extend(plan.pools.iter().filter_map(undetermined));
    let needed = plan.not_read.iter().filter(|row| row.needed);
    reasons.extend(needed.map(unread));
    let mut text = "no plan to apply".to_owned();
    for reason in reasons {
        text.push('\n');
        text.push_str(&reason);
    }
    text.push_str("\nrun `kubectl calico plan` for details");
    text
}

fn finding(found: &Finding) -> String {
    format!("{} {}: {}", found.code, found.subject, found.message)
}

fn undetermined(pool: &Pool) -> Option<String> {
    let flags: Vec<String> = pool.missing_flags().map(str::to_owned).collect();
    (!flags.is_empty()).then(|| {
        format!(
            "the {} pool is undetermined: set {}",
            pool.family,
            listed(flags)
        )
    })
}

fn unread(row: &Unread) -> String {
    let grant = row
        .row
        .permission
        .as_ref()
        .map(|permission| format!("; grant: {permission}"));
    format!(
        "{} could not be read: {}{}",
        row.row.object,
        row.row.why,
        grant.unwrap_or_default()
    )
}
