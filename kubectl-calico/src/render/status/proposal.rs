//! The facts of a proposal: what its manifests request, and what else they contain.

use super::pools::description;
use super::words::in_words;
use super::{cluster, networks, routing};
use crate::assess::facts::Facts;
use crate::assess::facts::proposed_pools::proposed_pools;
use crate::assess::phrases::counted;
use crate::render::page::Page;

/// A row for each fact that is known.
pub(super) fn proposal(page: &mut Page, facts: &Facts, sources: bool) {
    if facts.cluster.nodes.value().is_some() {
        cluster::cluster(page, &facts.cluster);
    }
    if !facts.install.is_missing() {
        page.row("Installed by", &cluster::installed_by(&facts.install));
        if !facts.routing.known_modes().is_empty() {
            routing::routing(page, &facts.routing);
        }
    }
    if facts.agents.value().is_some() {
        let words = in_words(&facts.dataplane, |dataplane| dataplane.name().to_owned());
        page.row("Data plane", &words);
    }
    let networks = &facts.networks;
    if !networks.pods.is_empty() || !networks.services.is_empty() {
        networks::networks(page, networks, sources);
    }
    pools(page, facts);
    typha(page, facts);
}

/// The IPPools, and the pools that the operator will create.
fn pools(page: &mut Page, facts: &Facts) {
    let listed = facts.installation.iter().flat_map(proposed_pools);
    let mut lines: Vec<String> = facts.known_pools().iter().map(description).collect();
    lines.extend(listed.map(|pool| format!("{}, created by the operator", description(&pool))));
    if !lines.is_empty() {
        page.row("IP pools", &lines.join("\n"));
    }
}

fn typha(page: &mut Page, facts: &Facts) {
    let Some(replicas) = facts.typha.deployment.value() else {
        return;
    };
    let many = counted(
        usize::try_from(replicas.replicas).unwrap_or_default(),
        "replica",
    );
    let wanted = facts.typha.wanted.value();
    let wanted = wanted
        .map(|wanted| format!("; {}", wanted.why))
        .unwrap_or_default();
    page.row("Typha", &format!("{many}{wanted}"));
}
