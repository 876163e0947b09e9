//! How a rejection by the operator or the API server becomes visible.

use super::case::Case;

impl Case<'_> {
    /// How a rejection by the pool controller becomes visible. Before 1.34, there was only the core
    /// controller.
    pub(super) fn pool_controller_rejects(&self, message: &str) -> String {
        if self.operator.since(34) {
            format!(
                "the operator creates no pool; TigeraStatus ippools becomes Degraded, \
                 InvalidConfigurationError: error validating IP pool configuration: {message}"
            )
        } else {
            self.core_controller_rejects(message)
        }
    }

    /// How a rejection by the core controller becomes visible.
    pub(super) fn core_controller_rejects(&self, message: &str) -> String {
        let subject = if self.written.is_merged {
            "Invalid computed config"
        } else {
            "Invalid Installation provided"
        };
        format!(
            "the operator stops reconciling; TigeraStatus calico becomes Degraded, \
             InvalidConfigurationError: {subject}: {message}"
        )
    }
}

/// How a rejection by the CRD's schema becomes visible.
pub(super) fn api_server_rejects(message: &str) -> String {
    format!("the API server rejects the Installation: {message}")
}
