//! Why a plan is not written in a form that somebody would apply.

use calico_core::text::listed;

use crate::assess::finding::Finding;
use crate::cli::FailOn;
use crate::plan::{Plan, Pool, Unread};

/// A line for each reason.
pub fn refused(plan: &Plan, fail_on: FailOn) -> String {
    let findings = plan
        .findings
        .iter()
        .filter(|found| fail_on.counts(found.severity));
    let mut reasons: Vec<String> = findings.map(finding).collect();
    reasons.extend(plan.pools.iter().flat_map(open));
    let needed = plan.not_read.iter().filter(|row| row.needed);
    reasons.extend(needed.map(unread));
    let mut text = "there is no plan to apply yet".to_owned();
    for reason in reasons {
        text.push('\n');
        text.push_str(&reason);
    }
    text.push_str("\n`kubectl calico plan` says more");
    text
}

fn finding(found: &Finding) -> String {
    format!("{} {}: {}", found.code, found.subject, found.message)
}

fn open(pool: &Pool) -> Option<String> {
    let flags: Vec<String> = pool.open_flags().map(str::to_owned).collect();
    (!flags.is_empty()).then(|| {
        format!(
            "the {} pool is not settled: give {}",
            pool.family,
            listed(flags)
        )
    })
}

fn unread(row: &Unread) -> String {
    let grant = row
        .permission
        .as_ref()
        .map(|permission| format!("; grant: {permission}"));
    format!(
        "{} cannot be read: {}{}",
        row.object,
        row.why,
        grant.unwrap_or_default()
    )
}
