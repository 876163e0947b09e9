//! Complete journeys of a user in a shell, with real Helm, kubectl and krew and a real API server. Each records its
//! commands and their output, which `scripts/journey` prints.

mod calicoctl;
mod conflict;
pub(crate) mod downloads;
mod from_cluster;
mod helm_plugin;
mod install;
mod krew;
mod krew_tools;
mod lifecycle;
mod migration;
mod node_count;
mod pool_checks;
mod setup;
mod uninstall;
mod upgrade;

use std::io::Write as _;

/// Whether the longer journeys run, too, which `scripts/journey` asks for: JOURNEYS=all. Prints that they do not.
fn is_long_wanted(journey: &str) -> bool {
    let is_wanted = std::env::var("JOURNEYS").as_deref() == Ok("all");
    if !is_wanted {
        writeln!(
            std::io::stderr(),
            "journey: only scripts/journey runs: {journey}"
        )
        .expect("standard error can be written");
    }
    is_wanted
}
