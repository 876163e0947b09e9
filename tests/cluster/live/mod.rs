//! `kubectl calico` against a real API server.

mod between;
mod cases;
mod faults;
mod load;
mod permissions;
mod plugin;
