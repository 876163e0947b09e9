//! How the plugin gets from flags, kubeconfig and environment to an API server, and what it says
//! when it does not: against servers on the loopback that do as they are told, and beside the
//! real kubectl in the same environment.

mod acting;
mod answers;
mod certificates;
mod credentials;
mod exec_plugins;
mod in_cluster;
mod kubeconfigs;
mod loopback;
mod messages;
mod patience;
mod proxies;
