//! The filter under real Helm: 3.17, 4.1, 4.2 and 4.3, against a fake API server that records what Helm sends.
//!
//! `scripts/test` fetches the Helms and runs this.

mod absent;
mod changed;
mod fake_api;
mod forgotten;
mod from_cluster;
mod plugin;
mod refused;
mod sandbox;
mod strange_text;

/// Where the API serves the Installation.
const INSTALLATION: &str = "/apis/operator.tigera.io/v1/installations/default";
