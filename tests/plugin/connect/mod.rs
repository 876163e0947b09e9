//! How the plugin connects to an API server with flags, kubeconfig and environment, and its messages
//! if it cannot: with servers on loopback, and compared with kubectl in the same environment.

mod certificates;
mod connections;
mod credentials;
mod exec_plugins;
mod following;
pub(crate) mod hostile;
mod impersonation;
mod in_cluster;
mod kubeconfigs;
mod loopback;
mod messages;
pub(crate) mod pod_messages;
mod proxies;
mod responses;
mod retries;
