//! The plan for a person: the answer, each value with why and from where, what speaks against it,
//! and the steps.

use std::fmt::Display;

use calico_core::text::printable;

use crate::assess::facts::install::Method;
use crate::assess::finding::Severity;
use crate::plan::choice::Choice;
use crate::plan::comparison::PoolComparison;
use crate::plan::values::sizes::{Size, Sizes};
use crate::plan::{Plan, Pool, Unread};
use crate::render::page::{BOLD, GREEN, Look, Page, RED, YELLOW};
use crate::render::table::table;
use crate::render::text::{cluster, finding, install, open};
use crate::repair::Step;

/// The width of the column of labels: that of `encapsulation`, and a gap.
const LABELS: usize = 15;

/// The whole plan.
pub fn text(plan: &Plan, look: Look) -> String {
    let mut page = Page::with_labels(look, LABELS);
    let style = match plan.worst() {
        Some(Severity::Error) => RED,
        Some(Severity::Warning) => YELLOW,
        _ if !plan.is_settled() => YELLOW,
        _ => GREEN,
    };
    page.line(&plan.answer, style);
    page.blank();
    basis(&mut page, plan);
    for planned in &plan.pools {
        page.blank();
        pool(&mut page, planned, plan);
    }
    if !plan.ports.is_empty() {
        page.blank();
        open(&mut page, &plan.ports);
    }
    if !plan.existing_pools.is_empty() {
        page.blank();
        plan.existing_pools
            .iter()
            .for_each(|pool| live(&mut page, pool));
    }
    for found in &plan.already {
        let what = format!("{} {}: {}", found.code, found.subject, found.message);
        page.row("Status says", &what);
    }
    for found in &plan.findings {
        page.blank();
        finding(&mut page, found);
    }
    if !plan.steps.is_empty() {
        page.blank();
        page.line(&next(plan), BOLD);
        let numbered = plan.steps.iter().enumerate();
        numbered.for_each(|(index, found)| step(&mut page, index + 1, found));
    }
    if !plan.not_read.is_empty() {
        page.blank();
        page.line("Not read", BOLD);
        plan.not_read
            .iter()
            .for_each(|row| not_read(&mut page, row));
    }
    page.finish()
}

/// The heading of the steps. Whoever chose a context for this run has to choose it for them, too.
fn next(plan: &Plan) -> String {
    let context = plan.cluster.origin.context.as_ref();
    let context = context.map(|context| format!(", with the context {context}"));
    printable(format!("Next{}", context.unwrap_or_default()))
}

/// What the values follow from.
fn basis(page: &mut Page, plan: &Plan) {
    cluster(page, &plan.cluster);
    if !matches!(plan.install.method.value(), Some(Method::Nothing) | None) {
        page.row("Install", &install(&plan.install));
    }
    page.row("Operator", &operator(plan));
    let networking = &plan.networking;
    if !networking.is_calico() || !plan.settings.is_empty() {
        page.row(
            "Network",
            &format!("by {}: {}", networking.plugin, networking.why),
        );
    }
    if networking.is_calico() {
        page.row("Nodes", &chosen(&plan.nodes));
        page.row("Pods a node", &chosen(&plan.pods_per_node));
    }
    for setting in &plan.settings {
        let path = setting.key.path().join(".");
        page.row(
            "Setting",
            &format!("{path} {}: {}", setting.value, setting.why),
        );
    }
    for unclear in &plan.networks.unclear {
        page.row("Unclear", &format!("{}: {}", unclear.from, unclear.why));
    }
}

/// The operator's version, with the Calico that it installs.
fn operator(plan: &Plan) -> String {
    let calico = plan
        .calico
        .as_ref()
        .map(|calico| format!("; it installs Calico {calico}"));
    format!("{}{}", chosen(&plan.operator), calico.unwrap_or_default())
}

fn pool(page: &mut Page, pool: &Pool, plan: &Plan) {
    let live = pool.live.as_ref().map(|live| format!(", now {live}"));
    let heading = format!("{} pool{}", pool.family, live.unwrap_or_default());
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
        Choice::Given { value, flag } => format!("{value}: given by {flag}"),
        Choice::Open { open, flag } => format!("not settled: {open}; {flag} settles it"),
    }
}

/// The block size, and what larger and smaller blocks would mean.
fn block_size(pool: &Pool, plan: &Plan) -> String {
    let chosen = chosen(&pool.block_size);
    let (Some(size), Some(_)) = (pool.block_size.value(), pool.cidr.value()) else {
        return chosen;
    };
    let sizes = match &pool.block_sizes {
        Sizes::Any => return format!("{chosen}; of any size there are blocks enough"),
        Sizes::Table(sizes) if sizes.is_empty() => return chosen,
        Sizes::Table(sizes) => sizes,
    };
    let pods = plan.pods_per_node.value().copied().unwrap_or_default();
    let heading = ["SIZE", "BLOCKS", "A NODE", "NODES THAT FIT", "IDLE A NODE"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(sizes.iter().map(|found| row(found, *size)));
    let lines = table(&rows).join("\n");
    format!("{chosen}; for {pods} pods and a tunnel a node:\n{lines}")
}

fn row(size: &Size, chosen: u8) -> Vec<String> {
    let mark = if size.block_size == chosen { "*" } else { "" };
    vec![
        format!("/{}{mark}", size.block_size),
        size.blocks.to_string(),
        size.blocks_per_node.to_string(),
        size.nodes_that_fit.to_string(),
        size.idle_per_node.to_string(),
    ]
}

fn live(page: &mut Page, pool: &PoolComparison) {
    let owned = match pool.owned_by_operator {
        true => ", the operator's",
        false => "",
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
    if pool.lost {
        lines.push("  is no longer listed in the Installation".to_owned());
    } else if pool.changes.is_empty() {
        lines.push("  stays as it is".to_owned());
    }
    page.row("Live pool", &lines.join("\n"));
}

fn step(page: &mut Page, number: usize, step: &Step) {
    page.step(number, &step.what);
    step.commands
        .iter()
        .for_each(|command| page.step_command(command));
}

fn not_read(page: &mut Page, row: &Unread) {
    let without = match row.codes.as_slice() {
        [] => String::new(),
        codes => format!("; not judged without it: {}", codes.join(", ")),
    };
    page.note(
        "",
        &format!(
            "{}, which tells {}: {}{without}",
            row.object, row.tells, row.why
        ),
    );
    if let Some(permission) = &row.permission {
        page.note(
            "fix",
            &format!("grant: {permission}; kubectl calico rbac prints all that is read"),
        );
    }
}
