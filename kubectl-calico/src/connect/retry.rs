//! When to ask again, and when to give up: a few times, and not for long.
//!
//! client-go asks up to ten times, but only where the server says when to come back, or the
//! connection broke (rest/with_retry.go). A proxy in front of an API server says nothing, so a
//! bare 503 is asked again, too.

use std::time::Duration;

/// How often one request is sent when the server does not say when to come back, and when it does.
const TRIES: u32 = 3;
const TRIES_WHEN_TOLD: u32 = 6;

/// How long after the first try the last one may begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first pause that nobody asked for; each next one is four times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Whether asking again may help.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Again {
    /// The answer will be the same.
    Never,
    /// The connection stood, and broke.
    Broken,
    /// The server is busy, and may have said for how long.
    Busy(Option<Duration>),
}

/// How often one request was tried.
#[derive(Default)]
pub(super) struct Retries {
    tries: u32,
    broken: bool,
}

impl Retries {
    /// Counts one more try, and returns which one it is.
    pub(super) fn next(&mut self) -> u32 {
        self.tries += 1;
        self.tries
    }

    /// How long to wait before the next try, this long after the first one began; nothing where
    /// another is no use.
    pub(super) fn pause(&mut self, again: Again, elapsed: Duration) -> Option<Duration> {
        let pause = match again {
            Again::Broken if !self.broken => {
                self.broken = true;
                FIRST_PAUSE
            }
            Again::Busy(None) if self.tries < TRIES => {
                FIRST_PAUSE * 4_u32.pow(self.tries.saturating_sub(1))
            }
            Again::Busy(Some(told)) if self.tries < TRIES_WHEN_TOLD => told,
            Again::Never | Again::Broken | Again::Busy(_) => return None,
        };
        (elapsed.saturating_add(pause) <= PATIENCE).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pauses, in milliseconds, where every try itself takes `each`.
    fn pauses(again: Again, each: Duration) -> Vec<u128> {
        let mut retries = Retries::default();
        let mut elapsed = Duration::ZERO;
        std::iter::from_fn(|| {
            retries.next();
            elapsed += each;
            let pause = retries.pause(again, elapsed)?;
            elapsed += pause;
            Some(pause.as_millis())
        })
        .collect()
    }

    #[test]
    fn a_busy_server_is_asked_a_few_times() {
        assert_eq!(pauses(Again::Busy(None), Duration::ZERO), [250, 1000]);
        let told = Again::Busy(Some(Duration::from_secs(1)));
        assert_eq!(pauses(told, Duration::ZERO), [1000; 5]);
    }

    #[test]
    fn nobody_waits_longer_than_they_would_watch() {
        let told = |seconds| Again::Busy(Some(Duration::from_secs(seconds)));
        assert_eq!(pauses(told(8), Duration::ZERO), [8000, 8000]);
        assert_eq!(pauses(told(8), Duration::from_secs(4)), [8000]);
        for long in [21, u64::MAX] {
            assert!(pauses(told(long), Duration::ZERO).is_empty());
        }
        assert!(pauses(Again::Busy(None), Duration::from_secs(25)).is_empty());
    }

    #[test]
    fn a_broken_connection_is_tried_once_more() {
        assert_eq!(pauses(Again::Broken, Duration::ZERO), [250]);
        assert!(pauses(Again::Never, Duration::ZERO).is_empty());
    }
}
