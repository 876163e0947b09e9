//! The plan for a person: the summary, each value with its reason, the findings and the steps.

use std::fmt::Display;

use calico_core::text::printable;

use crate::assess::finding::Severity;
use crate::facts::method::Method;
use crate::phrases::grouped;
use crate::plan::choice::Choice;
use crate::plan::comparison::PoolComparison;
use crate::plan::values::sizes::{Size, Sizes};
use crate::plan::{Plan, Pool, Unread};
use crate::render::not_read::{Row, not_read};
use crate::render::page::{BOLD, GREEN, Look, Page, RED, YELLOW};
use crate::render::status::{cluster, finding, installed_by, ports};
use crate::render::table::table;
use crate::repair::Step;

/// The width of the column of labels: that of `encapsulation`, and a gap.
const LABELS: usize = 15;

/// The whole plan.
pub fn text(plan: &Plan, look: Look) -> String {
    let mut page = Page::with_labels(look, LABELS);
    let style = match plan.worst() {
        Some(Severity::Error) => RED,
        Some(Severity::Warning) => YELLOW,
        _ if !plan.is_complete() => YELLOW,
        _ => GREEN,
    };
    page.line(&plan.summary, style);
    page.blank();
    inputs(&mut page, plan);
    for planned in &plan.pools {
        page.blank();
        pool(&mut page, planned, plan);
    }
    if !plan.ports.is_empty() {
        page.blank();
        page.row("Ports", &ports(&plan.ports));
    }
    if !plan.existing_pools.is_empty() {
        page.blank();
        plan.existing_pools
            .iter()
            .for_each(|pool| existing(&mut page, pool));
    }
    for found in &plan.existing_findings {
        let what = format!("{} {}: {}", found.code, found.subject, found.message);
        page.row("Status", &what);
    }
    for found in &plan.findings {
        page.blank();
        finding(&mut page, found, None);
    }
    if !plan.steps.is_empty() {
        page.blank();
        page.line(&next(plan), BOLD);
        let numbered = plan.steps.iter().enumerate();
        numbered.for_each(|(index, found)| step(&mut page, index + 1, found));
    }
    if !plan.not_read.is_empty() {
        page.blank();
        let rows: Vec<Row> = plan.not_read.iter().map(row_of).collect();
        not_read(&mut page, &rows, true, &plan.destination);
    }
    page.finish()
}

/// The heading of the steps. They need the same context as this run.
fn next(plan: &Plan) -> String {
    let context = plan.facts.cluster.origin.context.as_ref();
    let context = context.map(|context| format!(" (context {context})"));
    printable(format!("Steps{}", context.unwrap_or_default()))
}

/// What the values follow from.
fn inputs(page: &mut Page, plan: &Plan) {
    page.rows(&cluster(&plan.facts.cluster));
    if !matches!(
        plan.facts.install.method.value(),
        Some(Method::Nothing) | None
    ) {
        page.row("Installed by", &installed_by(&plan.facts.install));
    }
    page.row("Operator", &operator(plan));
    let networking = &plan.networking;
    if !networking.is_calico() || !plan.settings.is_empty() {
        page.row("CNI", &format!("{}: {}", networking.plugin, networking.why));
    }
    if networking.is_calico() {
        page.row("Nodes", &chosen(&plan.nodes));
        page.row("Pods per node", &chosen(&plan.pods_per_node));
    }
    for setting in &plan.settings {
        page.row(
            "Setting",
            &format!("{} {}: {}", setting.path, setting.text(), setting.why),
        );
    }
    for unreadable in &plan.facts.networks.unreadable {
        page.row(
            "Unclear",
            &format!("{}: {}", unreadable.from, unreadable.why),
        );
    }
}

/// The operator's version, with the Calico that it installs.
fn operator(plan: &Plan) -> String {
    let calico = plan
        .calico
        .as_ref()
        .map(|calico| format!("; installs Calico {calico}"));
    format!("{}{}", chosen(&plan.operator), calico.unwrap_or_default())
}

fn pool(page: &mut Page, pool: &Pool, plan: &Plan) {
    let existing = pool.existing.as_ref();
    let existing = existing.map(|existing| format!(" (currently {existing})"));
    let heading = format!("{} pool{}", pool.family, existing.unwrap_or_default());
    page.line(&printable(heading), BOLD);
    page.row("cidr", &chosen(&pool.cidr));
    page.row("blockSize", &block_size(pool, plan));
    page.row("encapsulation", &chosen(&pool.encapsulation));
    for alternative in &pool.alternatives {
        page.row("", &format!("or {alternative}"));
    }
    for note in &pool.notes {
        page.row("note", note);
    }
}

/// A value, why it is that one, and where that was read.
fn chosen<T: Display>(choice: &Choice<T>) -> String {
    match choice {
        Choice::Known { value, why, from } => {
            let from = match from.as_slice() {
                [] => String::new(),
                from => {
                    let from: Vec<String> = from.iter().map(ToString::to_string).collect();
                    format!(" ({})", from.join(", "))
                }
            };
            format!("{value}: {why}{from}")
        }
        Choice::Given { value, flag } => format!("{value}: set by {flag}"),
        Choice::Undetermined { undetermined, flag } => {
            format!("undetermined: {undetermined}; set {flag}")
        }
    }
}

/// The block size, and what larger and smaller blocks mean.
fn block_size(pool: &Pool, plan: &Plan) -> String {
    let chosen = chosen(&pool.block_size);
    let (Some(size), Some(_)) = (pool.block_size.value(), pool.cidr.value()) else {
        return chosen;
    };
    let sizes = match &pool.block_sizes {
        Sizes::Any => return format!("{chosen}; any block size yields enough blocks"),
        Sizes::Unused => return format!("{chosen}; host-local IPAM uses no blocks"),
        Sizes::Table(sizes) if sizes.is_empty() => return chosen,
        Sizes::Table(sizes) => sizes,
    };
    let pods = plan.pods_per_node.value().copied().unwrap_or_default();
    let heading = [
        "SIZE",
        "BLOCKS",
        "BLOCKS PER NODE",
        "MAX NODES",
        "UNUSED PER NODE",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(sizes.iter().map(|found| row(found, *size)));
    let lines = table(&rows).join("\n");
    let limit = sizes.iter().find(|size| size.exceeds_limit());
    let limit = limit.map_or_else(String::new, |size| {
        let plural = if size.most_per_node == 1 { "" } else { "s" };
        format!(
            ", and at most {} block{plural} per node",
            size.most_per_node
        )
    });
    format!("{chosen}; for {pods} pods and one tunnel address per node{limit}:\n{lines}")
}

fn row(size: &Size, chosen: u8) -> Vec<String> {
    let mark = if size.block_size == chosen { "*" } else { "" };
    vec![
        format!("/{}{mark}", size.block_size),
        grouped(size.blocks),
        grouped(size.blocks_per_node.into()),
        grouped(size.max_nodes),
        grouped(size.unused_per_node.into()),
    ]
}

fn existing(page: &mut Page, pool: &PoolComparison) {
    let owned = if pool.owned_by_operator {
        ", owned by the operator"
    } else {
        ""
    };
    let mut lines = vec![format!(
        "{} {} /{} {}{owned}",
        pool.pool, pool.cidr, pool.block_size, pool.encapsulation
    )];
    lines.extend(pool.changes.iter().map(|change| {
        format!(
            "  {} {} to {}: {}",
            change.field, change.from, change.to, change.means
        )
    }));
    if pool.being_deleted {
        lines.push("  is being deleted".to_owned());
    } else if pool.unlisted {
        lines.push("  is no longer listed in the Installation".to_owned());
    } else if pool.changes.is_empty() {
        lines.push("  unchanged".to_owned());
    }
    page.row("Existing pool", &lines.join("\n"));
}

fn step(page: &mut Page, number: usize, step: &Step) {
    let or = if step.is_alternative { "or " } else { "" };
    page.step(number, &format!("{or}{}", step.what));
    step.commands
        .iter()
        .for_each(|command| page.step_command(command));
}

fn row_of(unread: &Unread) -> Row<'_> {
    Row {
        row: &unread.row,
        shows: Some(unread.shows),
    }
}
