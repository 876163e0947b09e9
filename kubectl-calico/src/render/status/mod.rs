//! The report for a person: the summary, the facts, the findings, and what could not be read.

mod cluster;
mod finding;
mod networks;
mod pools;
mod routing;
mod words;
mod workloads;

pub(super) use cluster::{cluster, installed_by};
pub(super) use finding::finding;
pub(super) use routing::ports;

use anstyle::Style;

use super::page::{BOLD, GREEN, Look, Page, RED, YELLOW};
use crate::assess::cluster_state::ClusterState;
use crate::assess::facts::Facts;
use crate::assess::facts::method::Method;
use crate::assess::report::Report;

/// The whole report.
pub fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(&report.summary, style(report));
    page.blank();
    facts(&mut page, &report.facts);
    for found in &report.findings {
        page.blank();
        finding(&mut page, found);
    }
    if !report.not_read.is_empty() {
        page.blank();
        page.line("Not read", BOLD);
        for row in &report.not_read {
            finding::not_read(&mut page, row);
        }
    }
    page.finish()
}

fn style(report: &Report) -> Style {
    match report.state {
        ClusterState::Healthy => GREEN,
        ClusterState::Warning | ClusterState::Unknown => YELLOW,
        ClusterState::NotInstalled if report.counts.error == 0 => BOLD,
        ClusterState::Degraded | ClusterState::NotInstalled => RED,
    }
}

fn facts(page: &mut Page, facts: &Facts) {
    cluster(page, &facts.cluster);
    let method = facts.install.method.value();
    if method != Some(&Method::Nothing) {
        page.row("Installed by", &installed_by(&facts.install));
    }
    let runs = !matches!(
        method,
        Some(Method::Nothing | Method::OperatorOnly | Method::Remnants)
    );
    if runs {
        routing::routing(page, &facts.routing);
        routing::dataplane(page, facts);
    }
    networks::networks(page, &facts.networks);
    pools::pools(page, facts);
    if runs {
        workloads::typha(page, &facts.typha);
        workloads::calico_node(page, &facts.agents);
    }
    workloads::components(page, &facts.components);
}
