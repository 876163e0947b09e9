//! How the plugin gets from flags, kubeconfig and environment to an API server, and what it says
//! when it does not: against servers on the loopback that do as they are told, and beside the
//! real kubectl in the same environment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is test code; clippy.toml's exceptions reach only #[test] functions"
)]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/servers.rs"]
mod cluster;
#[path = "support/proxies.rs"]
mod proxies;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

mod connect {
    //! One file per thing that can go one way or another.

    mod acting;
    mod answers;
    mod certificates;
    mod credentials;
    mod exec_plugins;
    mod in_cluster;
    mod kubeconfigs;
    mod messages;
    mod patience;
    mod proxies;
}
