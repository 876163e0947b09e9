//! When to ask again, and when to give up: a few times, and not for long.
//!
//! client-go asks up to ten times, but only where the server says when to come back, or the
//! connection broke (rest/with_retry.go). A proxy in front of an API server says nothing, so a
//! bare 503 is asked again, too.

use std::time::Duration;

/// How often one request is sent when the server does not say when to come back, and when it does.
const TRIES: u32 = 3;
const TRIES_WHEN_TOLD: u32 = 6;

/// How long one request may wait between its tries, in all.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first pause that nobody asked for; the next ones are four times as long as the one before.
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

/// What one request has already cost.
#[derive(Default)]
pub(super) struct Retries {
    tries: u32,
    waited: Duration,
    broken: bool,
}

impl Retries {
    /// Counts one more try, and returns which one it is.
    pub(super) fn next(&mut self) -> u32 {
        self.tries += 1;
        self.tries
    }

    /// How long to wait before the next try; nothing where that is no use.
    pub(super) fn pause(&mut self, again: Again) -> Option<Duration> {
        let pause = match again {
            Again::Never => return None,
            Again::Broken if self.broken => return None,
            Again::Broken => {
                self.broken = true;
                FIRST_PAUSE
            }
            Again::Busy(None) if self.tries >= TRIES => return None,
            Again::Busy(None) => FIRST_PAUSE * 4_u32.pow(self.tries.saturating_sub(1)),
            Again::Busy(Some(_)) if self.tries >= TRIES_WHEN_TOLD => return None,
            Again::Busy(Some(told)) => told,
        };
        self.waited = self.waited.saturating_add(pause);
        (self.waited <= PATIENCE).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(again: Again) -> Vec<u128> {
        let mut retries = Retries::default();
        std::iter::from_fn(|| {
            retries.next();
            retries.pause(again).map(|pause| pause.as_millis())
        })
        .collect()
    }

    #[test]
    fn a_busy_server_is_asked_a_few_times() {
        assert_eq!(pauses(Again::Busy(None)), [250, 1000]);
        let second = Some(Duration::from_secs(1));
        assert_eq!(pauses(Again::Busy(second)), [1000; 5]);
    }

    #[test]
    fn nobody_waits_longer_than_they_would_watch() {
        let told = |seconds| Again::Busy(Some(Duration::from_secs(seconds)));
        assert_eq!(pauses(told(8)), [8000, 8000]);
        assert!(pauses(told(21)).is_empty());
        assert!(pauses(told(u64::MAX)).is_empty());
    }

    #[test]
    fn a_broken_connection_is_tried_once_more() {
        assert_eq!(pauses(Again::Broken), [250]);
        assert!(pauses(Again::Never).is_empty());
    }
}
