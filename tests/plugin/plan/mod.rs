//! `kubectl calico plan` on clusters from files.
//!
//! A folder of tests/cases/plan with a `cluster.yaml` (tests/support/src/clusters.rs says how that
//! is written) is a case. `plan.txt` is what a person sees, with the exit code in front; `args` has
//! more arguments, a line each.
//!
//! `UPDATE_CASES=1 cargo test --test plugin plan` writes the expected files anew: read the
//! difference before you commit it.

mod applied;
mod case;
mod config;
mod formats;
mod helm;
mod text;
