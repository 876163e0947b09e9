//! What could not be read: a block for each reason, and how to change that.

use std::collections::BTreeMap;

use calico_core::text::printable;

use crate::assess::not_read::{NotRead, Reason};
use crate::phrases::counted;
use crate::render::page::{BOLD, Page};
use crate::repair::access::grant;
use crate::repair::destination::Destination;

/// The number of kinds and objects that are named for one reason.
const MOST: usize = 30;

/// Something that could not be read, and what it would have shown.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(super) row: &'a NotRead,
    pub(super) shows: Option<&'a str>,
}

/// All blocks. The codes of the skipped checks are for those who ask for details.
pub(super) fn not_read(page: &mut Page, rows: &[Row], codes: bool, destination: &Destination) {
    page.line("Not read", BOLD);
    let forbidden = of(rows, Reason::Forbidden);
    if !forbidden.is_empty() {
        self::forbidden(page, &forbidden, destination);
    }
    let mut failed = of(rows, Reason::Failed);
    while let Some(first) = failed.first().copied() {
        let why = &first.row.why;
        let (same, others): (Vec<_>, Vec<_>) = failed.iter().partition(|row| row.row.why == *why);
        page.entry(&[], &format!("{}: {why}", objects(&same)));
        failed = others;
    }
    let not_given = of(rows, Reason::NotGiven);
    if let Some(first) = not_given.first() {
        page.entry(&[], &format!("{}: {}", first.row.why, objects(&not_given)));
    }
    if codes {
        let codes: std::collections::BTreeSet<&str> = rows
            .iter()
            .flat_map(|row| row.row.codes.iter().copied())
            .collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        if !codes.is_empty() {
            page.entry(&[], &format!("Skipped: {}", codes.join(", ")));
        }
    }
}

fn of<'a>(rows: &[Row<'a>], reason: Reason) -> Vec<Row<'a>> {
    let rows = rows.iter().copied();
    rows.filter(|row| row.row.reason == reason).collect()
}

fn forbidden(page: &mut Page, rows: &[Row], destination: &Destination) {
    let user = rows.iter().find_map(|row| row.row.denied_user());
    let who = match user {
        Some(user) => format!("User {}", printable(user)),
        None => "This user".to_owned(),
    };
    let count = counted(rows.len(), "kind");
    page.entry(
        &[],
        &format!("{who} is not allowed to read {count}: {}", objects(rows)),
    );
    let step = grant(user, destination);
    page.entry(&[], &format!("To {}:", step.what));
    for command in &step.commands {
        page.command(command);
    }
}

/// The kinds, and the names of single objects: `Node, Pod, ConfigMap/kube-system/kube-proxy`; with what they
/// would have shown: `Node (the number of nodes, and the cloud)`.
fn objects(rows: &[Row]) -> String {
    let mut names: Vec<String> = Vec::new();
    for Row { row, shows } in rows {
        let mut name = row.name();
        if let Some(shows) = shows {
            name.push_str(&format!(" ({shows})"));
        }
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

/// A sentence for each reason, with the objects, for formats without commands.
pub(super) fn reasons(rows: &[NotRead]) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows {
        let objects = reasons.entry(&row.why).or_default();
        objects.push(row.name());
    }
    reasons
        .into_iter()
        .map(|(why, objects)| format!("{}: {why}", objects.join(", ")))
        .collect()
}
