//! `--from-cluster`, with a shell script as kubectl-calico: a plan, and every way to fail.

mod failures;
mod limits;
mod signals;
mod stand_in;
mod success;
mod target;
