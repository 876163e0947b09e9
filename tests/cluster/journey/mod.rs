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
mod operator;
mod pool_checks;
mod setup;
mod uninstall;
mod upgrade;
