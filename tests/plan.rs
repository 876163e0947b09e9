//! `kubectl calico plan` on clusters from files.
//!
//! A folder of tests/cases/plan with a `cluster.yaml` (support/clusters.rs says how that is
//! written) is a case. `plan.txt` is what a person sees, with the exit code in front; `args` has
//! more arguments, a line each.
//!
//! `UPDATE_CASES=1 cargo test --test plan` writes the expected files anew: read the difference
//! before you commit it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

#[path = "support/clusters.rs"]
mod clusters;

#[path = "plan/support.rs"]
mod support;

mod plan {
    //! One file per thing that a plan is held to.

    mod applied;
    mod case;
    mod config;
    mod filter;
    mod formats;
    mod helm;
    mod text;
}
