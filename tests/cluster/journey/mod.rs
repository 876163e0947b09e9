//! Whole journeys of a person, typed into a shell: real Helm, real kubectl, real krew, and behind them a real API
//! server. Each writes down what was typed and what came out; `scripts/journey` shows it.

mod calico;
mod calicoctl;
mod conflict;
mod downloads;
mod from_cluster;
mod install;
mod krew;
mod krew_tools;
mod operator;
mod pools;
mod terminal;
mod uninstall;
mod upgrade;
