//! The time of day.

use k8s_openapi::jiff::Timestamp;

/// The current time in whole seconds.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
