//! The report for a person: the verdict, the findings in the order in which to fix them, the facts, the
//! findings in full, what could not be read, and the verdict again.

mod changes;
mod cluster;
mod finding;
mod list;
mod marks;
mod networks;
mod not_applicable;
mod pools;
mod proposal;
mod routing;
mod verdict;
mod words;
mod workloads;

pub(super) use cluster::{cluster, installed_by};
pub(super) use finding::finding;
pub(super) use routing::ports;
pub(super) use verdict::{basis, sentence};

use super::connectivity;
use super::entries::{Entry, entries};
use super::not_read::{Row, not_read};
use super::page::{Look, Page};
use super::rows::Rows;
use crate::assess::cluster_state::ClusterState;
use crate::assess::report::Report;
use crate::facts::method::Method;

/// How much of a report is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The verdict and the list of findings only.
    pub short: bool,
    /// Where the facts were read, too.
    pub sources: bool,
    /// The codes of the checks that were skipped, too.
    pub skipped: bool,
}

/// The report.
pub fn text(report: &Report, look: Look, detail: Detail) -> String {
    named_text(report, report.head.cluster.as_deref(), look, detail)
}

/// The report on a cluster of that name.
pub(super) fn named_text(
    report: &Report,
    name: Option<&str>,
    look: Look,
    detail: Detail,
) -> String {
    let mut page = Page::with_margin(look);
    verdict::verdict(&mut page, report, name);
    if let Some(changes) = &report.changes {
        changes::heading(&mut page, changes);
    }
    let entries = entries(report);
    if !entries.is_empty() {
        page.blank();
        list::list(&mut page, &entries);
    }
    for section in super::changes::sections(report) {
        changes::section(&mut page, &section);
    }
    if detail.short {
        return page.finish();
    }
    page.blank();
    marks::mark(&mut page, report);
    page.rows(&rows(report, detail.sources));
    for (index, entry) in entries.iter().enumerate() {
        page.blank();
        match same_steps(&entries, index) {
            Some(earlier) => finding::repeated(&mut page, entry.cause, entry.number, &earlier),
            None => finding(&mut page, entry.cause, entry.number),
        }
        for found in &entry.symptoms {
            finding::symptom(&mut page, found);
        }
    }
    let suspected = report.connectivity.as_ref().filter(|it| it.suspected);
    if let Some(connectivity) = suspected {
        page.blank();
        connectivity::section(&mut page, connectivity);
    }
    if !report.not_read.is_empty() {
        page.blank();
        let rows = report.not_read.iter();
        let rows: Vec<Row> = rows.map(|row| Row { row, shows: None }).collect();
        not_read(&mut page, &rows, detail.skipped, &report.destination);
    }
    if !report.not_applicable.is_empty() && report.changes.is_none() {
        page.blank();
        not_applicable::not_applicable(&mut page, report, detail.skipped);
    }
    page.blank();
    if let Some(lines) = to_install(report) {
        page.row("To install", &lines.join("\n"));
        page.blank();
    }
    verdict::closing(&mut page, report, name);
    page.finish()
}

/// The earlier finding with the same steps: its number, or its code.
fn same_steps(entries: &[Entry], index: usize) -> Option<String> {
    let fix = &entries.get(index)?.cause.fix;
    let mut earlier = entries.iter().take(index);
    let mut commands = fix.iter().flat_map(|step| &step.commands);
    let is_long = if fix.len() > 1 {
        commands.next().is_some()
    } else {
        // A here-document, such as a patch, which fails the second time.
        commands.any(|command| command.contains('\n'))
    };
    let same = earlier.find(|entry| is_long && entry.cause.fix == *fix)?;
    Some(same.number.map_or_else(
        || same.cause.code.to_owned(),
        |number| format!("finding {number}"),
    ))
}

/// How to install Calico, and what has to be fixed first; `None` if it is installed or proposed.
pub(super) fn to_install(report: &Report) -> Option<Vec<String>> {
    if report.state != ClusterState::NotInstalled || report.basis.is_proposal() {
        return None;
    }
    let plan = report.destination.again("plan", "");
    let plan = format!("{plan} shows which CIDR, block size and encapsulation fit");
    let objections = report.plan_findings.iter().map(|found| {
        let object = match found.name() {
            "default" | "IPPools" => String::new(),
            name if found.message.contains(name) => String::new(),
            name => format!("{name}: "),
        };
        let severity = found.severity.word();
        format!("{severity} {}: {object}{}", found.code, found.message)
    });
    Some([plan].into_iter().chain(objections).collect())
}

/// What was read, in words; nothing if only what changes is to be shown.
pub(super) fn rows(report: &Report, sources: bool) -> Rows {
    if report.changes.is_some() {
        Rows::default()
    } else if report.basis.is_proposal() {
        proposal::proposal(&report.facts, sources)
    } else {
        facts(report, sources)
    }
}

fn facts(report: &Report, sources: bool) -> Rows {
    let facts = &report.facts;
    let mut rows = cluster(&facts.cluster);
    let method = facts.install.method.value();
    if method != Some(&Method::Nothing) {
        rows.fact("Installed by", &installed_by(&facts.install));
    }
    let runs = !facts.install.is_missing();
    if runs {
        routing::routing(&mut rows, &facts.routing);
        routing::dataplane(&mut rows, facts);
    }
    networks::networks(&mut rows, &facts.networks, sources);
    pools::pools(&mut rows, report);
    if runs {
        workloads::typha(&mut rows, &facts.typha);
        workloads::calico_node(&mut rows, &facts.agents, sources);
    }
    workloads::components(&mut rows, &facts.components, sources);
    rows
}
