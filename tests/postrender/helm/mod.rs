//! helm-postrender under Helm 3.17, 4.1, 4.2 and 4.3, with a fake API server that records what Helm sends.

mod fake_api;
mod from_cluster;
mod gitops;
mod no_installation;
mod plugin;
mod refused;
mod sandbox;
mod unprintable_text;
mod values;
mod without_filter;

/// The path of the Installation on an API server.
const INSTALLATION: &str = "/apis/operator.tigera.io/v1/installations/default";
