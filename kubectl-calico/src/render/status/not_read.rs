//! What could not be read: a block for each reason, and how to change that.

use calico_core::text::printable;

use crate::assess::not_read::{NotRead, Reason};
use crate::assess::phrases::counted;
use crate::assess::report::Report;
use crate::render::page::{BOLD, Page};
use crate::repair::access::grant;

/// The number of kinds and objects that are named for one reason.
const MOST: usize = 30;

/// All blocks. The codes of the skipped checks are for those who ask for details.
pub(super) fn not_read(page: &mut Page, report: &Report, codes: bool) {
    let rows = &report.not_read;
    page.line("Not read", BOLD);
    let forbidden: Vec<&NotRead> = of(rows, Reason::Forbidden);
    if !forbidden.is_empty() {
        self::forbidden(page, &forbidden);
    }
    let mut failed = of(rows, Reason::Failed);
    while let Some(first) = failed.first().copied() {
        let (same, others): (Vec<_>, Vec<_>) = failed.iter().partition(|row| row.why == first.why);
        page.entry(&[], &format!("{}: {}", objects(&same), first.why));
        failed = others;
    }
    let not_given = of(rows, Reason::NotGiven);
    if let Some(first) = not_given.first() {
        page.entry(&[], &format!("{}: {}", first.why, objects(&not_given)));
    }
    if codes {
        let codes: std::collections::BTreeSet<&str> = rows
            .iter()
            .flat_map(|row| row.codes.iter().copied())
            .collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        page.entry(&[], &format!("Skipped: {}", codes.join(", ")));
    }
}

fn of(rows: &[NotRead], reason: Reason) -> Vec<&NotRead> {
    rows.iter().filter(|row| row.reason == reason).collect()
}

fn forbidden(page: &mut Page, rows: &[&NotRead]) {
    let user = rows.iter().find_map(|row| row.denied_user());
    let who = match user {
        Some(user) => format!("User {}", printable(user)),
        None => "This user".to_owned(),
    };
    let count = counted(rows.len(), "kind");
    page.entry(
        &[],
        &format!("{who} may not read {count}: {}", objects(rows)),
    );
    let step = grant(user);
    page.entry(&[], &format!("To {}:", step.what));
    for command in &step.commands {
        page.command(command);
    }
}

/// The kinds, and the names of single objects: `Node, Pod, ConfigMap/kube-system/kube-proxy`.
fn objects(rows: &[&NotRead]) -> String {
    let mut names: Vec<String> = Vec::new();
    for row in rows {
        let name = row.object.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}
