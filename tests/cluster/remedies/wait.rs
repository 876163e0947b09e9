//! Waiting for what controllers do.

use std::time::{Duration, Instant};

/// Asks until there is an answer; how long that took. An error after `limit`.
pub(super) fn until<T>(
    limit: Duration,
    mut ask: impl FnMut() -> Option<T>,
) -> Result<(T, Duration), Duration> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Ok((answer, start.elapsed()));
        }
        if start.elapsed() > limit {
            return Err(start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}
