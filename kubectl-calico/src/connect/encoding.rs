//! Whether responses are requested compressed.

use std::sync::OnceLock;
use std::time::Duration;

use super::compression::GZIP;

/// The first response of a server in the same data center takes less: three round trips, with those of TCP and TLS,
/// and two for what is reached through a tunnel that ends on this machine. There, compressing takes the server, and
/// decompressing takes this program, longer than sending everything.
const NEAR: Duration = Duration::from_millis(10);

/// Decides it for each request, by how long the first response took.
pub(super) struct Encoding {
    /// Whether the user allows it.
    is_allowed: bool,
    first_response: OnceLock<Duration>,
}

impl Encoding {
    pub(super) fn new(is_allowed: bool) -> Self {
        Self {
            is_allowed,
            first_response: OnceLock::new(),
        }
    }

    /// What to accept, as in `Accept-Encoding`.
    pub(super) fn accepted(&self) -> Option<&'static str> {
        let is_near = self.first_response.get().is_some_and(|time| *time < NEAR);
        (self.is_allowed && !is_near).then_some(GZIP)
    }

    /// A response began that long after its request; only the first one counts, which connects.
    pub(super) fn responded(&self, after: Duration) {
        self.first_response.get_or_init(|| after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(is_allowed: bool, responses: &[u64]) -> Option<&'static str> {
        let encoding = Encoding::new(is_allowed);
        for time in responses {
            encoding.responded(Duration::from_millis(*time));
        }
        encoding.accepted()
    }

    #[test]
    fn the_first_response_tells_how_far_the_server_is() {
        assert_eq!(accepted(true, &[]), Some(GZIP));
        assert_eq!(accepted(true, &[9]), None);
        assert_eq!(accepted(true, &[10]), Some(GZIP));
        assert_eq!(accepted(true, &[30, 1]), Some(GZIP));
        assert_eq!(accepted(true, &[1, 30]), None);
        assert_eq!(accepted(false, &[30]), None);
    }
}
