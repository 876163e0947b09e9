//! When to retry a request, and when to give up: after a few tries, and a short time.
//!
//! client-go retries up to ten times, but only where the server sends `Retry-After`, or the connection
//! was lost (rest/with_retry.go). A proxy in front of an API server sends none, so a bare 503 is retried,
//! too.

use std::time::Duration;

/// How often a request is sent to a busy server.
const TRIES: u32 = 3;

/// How often a request is sent to a busy server that sends `Retry-After`.
const TRIES_WITH_RETRY_AFTER: u32 = 6;

/// How long after the first try the last one may start.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first pause without `Retry-After`; each next one is four times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Whether sending the request again may help.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Retry {
    /// The response would be the same.
    Never,
    /// The connection was established, and lost.
    ConnectionLost,
    /// The server is busy; with its `Retry-After`, if it sent one.
    Busy(Option<Duration>),
}

/// The tries of one request.
#[derive(Default)]
pub(super) struct Tries {
    count: u32,
    connection_lost: bool,
}

impl Tries {
    /// Counts one more try, and returns which one it is, from 1.
    pub(super) fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    /// How long to wait before the next try; `None` to give up. `elapsed` is since the first one began.
    pub(super) fn pause(&mut self, retry: Retry, elapsed: Duration) -> Option<Duration> {
        let pause = match retry {
            Retry::ConnectionLost if !self.connection_lost => {
                self.connection_lost = true;
                FIRST_PAUSE
            }
            Retry::Busy(None) if self.count < TRIES => {
                FIRST_PAUSE * 4_u32.pow(self.count.saturating_sub(1))
            }
            Retry::Busy(Some(retry_after)) if self.count < TRIES_WITH_RETRY_AFTER => retry_after,
            Retry::Never | Retry::ConnectionLost | Retry::Busy(_) => return None,
        };
        (elapsed.saturating_add(pause) <= PATIENCE).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pauses in milliseconds, if every try takes `each`.
    fn pauses(retry: Retry, each: Duration) -> Vec<u128> {
        let mut tries = Tries::default();
        let mut elapsed = Duration::ZERO;
        std::iter::from_fn(|| {
            tries.next();
            elapsed += each;
            let pause = tries.pause(retry, elapsed)?;
            elapsed += pause;
            Some(pause.as_millis())
        })
        .collect()
    }

    #[test]
    fn a_busy_server_is_tried_a_few_times() {
        assert_eq!(pauses(Retry::Busy(None), Duration::ZERO), [250, 1000]);
        let after_a_second = Retry::Busy(Some(Duration::from_secs(1)));
        assert_eq!(pauses(after_a_second, Duration::ZERO), [1000; 5]);
    }

    #[test]
    fn retries_end_within_the_time_that_a_user_waits() {
        let retry_after = |seconds| Retry::Busy(Some(Duration::from_secs(seconds)));
        assert_eq!(pauses(retry_after(8), Duration::ZERO), [8000, 8000]);
        assert_eq!(pauses(retry_after(8), Duration::from_secs(4)), [8000]);
        for long in [21, u64::MAX] {
            assert!(pauses(retry_after(long), Duration::ZERO).is_empty());
        }
        assert!(pauses(Retry::Busy(None), Duration::from_secs(25)).is_empty());
    }

    #[test]
    fn a_lost_connection_is_tried_once_more() {
        assert_eq!(pauses(Retry::ConnectionLost, Duration::ZERO), [250]);
        assert!(pauses(Retry::Never, Duration::ZERO).is_empty());
    }
}
