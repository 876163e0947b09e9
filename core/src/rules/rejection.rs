//! How a rejection by the operator or the API server becomes visible, and where the operator rejects.

use super::case::Case;

/// The impact of a rejection by the core controller.
pub(super) const REJECTED_BY_CORE_CONTROLLER: &str =
    "The operator rejects the Installation and stops reconciling it.";

/// The impact of a rejection by the pool controller.
pub(super) const REJECTED_BY_POOL_CONTROLLER: &str =
    "The operator rejects the Installation and creates no pool.";

/// The impact of a rejection by the CRD's schema.
pub(super) const REJECTED_BY_API_SERVER: &str = "The API server rejects the Installation.";

/// Where the core controller validates an Installation.
pub(super) const CORE_VALIDATION: &str =
    "tigera/operator v1.42.3, pkg/controller/installation/validation.go";

/// Where the pool controller does.
pub(super) const POOL_VALIDATION: &str =
    "tigera/operator v1.42.3, pkg/controller/ippool/validation.go";

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
        let message = self.as_written(message);
        format!(
            "the operator stops reconciling; TigeraStatus calico becomes Degraded, \
             InvalidConfigurationError: {subject}: {message}"
        )
    }

    /// Whether this operator begins its messages in lower case.
    /// Source: tigera/operator v1.38.13 and v1.38.14, v1.40.7 and v1.40.8, pkg/controller/installation/validation.go.
    pub(super) fn is_lower_case(&self) -> bool {
        match self.operator.minor {
            38 => self.operator.patch >= 14,
            40 => self.operator.patch >= 8,
            _ => self.operator.since(41),
        }
    }

    /// A message of a current operator as this one writes it.
    fn as_written(&self, message: &str) -> String {
        const CHANGED: [(&str, &str); 3] = [
            ("installation spec.", "Installation spec."),
            ("the VPP dataplane", "The VPP dataplane"),
            ("unencapsulated IP pools", "Unencapsulated IP pools"),
        ];
        let mut changed = CHANGED.iter().filter(|_| !self.is_lower_case());
        let earlier = changed.find_map(|(now, earlier)| {
            let rest = message.strip_prefix(now)?;
            Some(format!("{earlier}{rest}"))
        });
        earlier.unwrap_or_else(|| message.to_owned())
    }
}

/// How the rejection of an `IPPool` that the operator creates becomes visible.
pub(super) fn ip_pool_rejected(message: &str) -> String {
    format!(
        "the operator cannot create the pool; TigeraStatus ippools becomes Degraded, \
         ResourceUpdateError: Error creating / updating IPPools: {message}"
    )
}

/// How a rejection by the CRD's schema becomes visible.
pub(super) fn api_server_rejects(message: &str) -> String {
    format!("the API server rejects the Installation: {message}")
}
