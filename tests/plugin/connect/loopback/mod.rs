//! What the tests connect to on the loopback, and from where.

pub(crate) mod authority;
pub(crate) mod cluster;
pub(crate) mod proxy;
pub(crate) mod wire;
pub(crate) mod world;
