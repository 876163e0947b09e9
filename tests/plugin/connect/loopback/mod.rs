//! Servers and proxies on loopback, and a home directory with a kubeconfig to connect to them.

pub(crate) mod authority;
pub(crate) mod cluster;
pub(crate) mod counting;
pub(crate) mod proxy;
pub(crate) mod sandbox;
pub(crate) mod server;
