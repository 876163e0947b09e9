//! `kubectl calico plan` on clusters from files.
//!
//! Every folder of tests/cases/plan with a `cluster.yaml` (the format is described in
//! tests/support/src/clusters) is a case. `plan.txt` is the expected exit code and plan. `args` has
//! more arguments, one per line.
//!
//! `UPDATE_CASES=1 cargo test --test plugin plan` writes the expected files. Read the difference
//! before you commit it.

mod case;
mod filter_config;
mod filter_flags;
mod formats;
mod helm;
mod plans;
mod same_installation;
