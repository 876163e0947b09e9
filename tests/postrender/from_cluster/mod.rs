//! `--from-cluster`, with a stand-in for the program that reads the cluster: its answers, and every way in which it
//! can fail to give one.

mod answers;
mod bounds;
mod failures;
mod stand_in;
mod target;
