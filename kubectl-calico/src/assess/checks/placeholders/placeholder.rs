//! A value that was not filled in.

use crate::assess::advice::placeholder;
use crate::assess::advice::services_endpoint::{HOST, PORT};
use crate::repair::Step;
use crate::snapshot::Provenance;

/// A value that is a placeholder, and how it is changed.
pub(super) struct Placeholder {
    pub(super) from: Provenance,
    pub(super) value: String,
    pub(super) step: Step,
    /// Whether it stands for the address of the API server.
    pub(super) is_address: bool,
}

/// Whether the value of a field is a placeholder.
pub(super) fn is_placeholder(field: &str, value: &str) -> bool {
    match field {
        HOST | PORT | "kubernetes_service_host" | "kubernetes_service_port" => {
            placeholder::is_host(value)
        }
        _ => placeholder::is_in(value),
    }
}
