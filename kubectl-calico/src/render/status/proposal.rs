//! The facts of a proposal: what its manifests request, and what else they contain.

use super::pools::description;
use super::words::in_words;
use super::{cluster, networks, routing};
use crate::facts::Facts;
use crate::facts::proposed_pools::proposed_pools;
use crate::phrases::counted;
use crate::render::rows::Rows;

/// A row for each fact that is known.
pub(super) fn proposal(facts: &Facts, sources: bool) -> Rows {
    let mut rows = if facts.cluster.nodes.value().is_some() {
        cluster::cluster(&facts.cluster)
    } else {
        Rows::default()
    };
    if !facts.install.is_missing() {
        rows.row("Installed by", &cluster::installed_by(&facts.install));
        if !facts.routing.known_modes().is_empty() {
            routing::routing(&mut rows, &facts.routing);
        }
    }
    if facts.agents.value().is_some() {
        let words = in_words(&facts.dataplane, |dataplane| dataplane.name().to_owned());
        rows.row("Data plane", &words);
    }
    let networks = &facts.networks;
    if !networks.pods.is_empty() || !networks.services.is_empty() {
        networks::networks(&mut rows, networks, sources);
    }
    pools(&mut rows, facts);
    typha(&mut rows, facts);
    rows
}

/// The IPPools, and the pools that the operator will create.
fn pools(rows: &mut Rows, facts: &Facts) {
    let existing = facts.known_pools();
    let installation = facts.installation.iter();
    let listed = installation.flat_map(|installation| proposed_pools(installation, existing));
    let mut lines: Vec<String> = existing.iter().map(description).collect();
    lines.extend(listed.map(|pool| format!("{}, created by the operator", description(&pool))));
    if !lines.is_empty() {
        rows.row("IP pools", &lines.join("\n"));
    }
}

fn typha(rows: &mut Rows, facts: &Facts) {
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
    rows.row("Typha", &format!("{many}{wanted}"));
}
