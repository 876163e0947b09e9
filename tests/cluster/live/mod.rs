//! `kubectl calico` connected to a real API server.

mod cases;
mod faults;
mod faulty_proxy;
mod follow;
mod leaks;
mod load;
mod nodes;
mod permissions;
mod pod_messages;
mod run;
mod with;
