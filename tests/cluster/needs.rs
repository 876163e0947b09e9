//! Programs that are built with Go, on a machine without Go.

use std::io::Write;
use std::panic::Location;

/// The exit code of `scripts/test-cluster` and `scripts/build-krew` if there is no Go.
pub(crate) const NO_GO: i32 = 69;

/// Prints that the test is skipped if nothing was found. It bypasses the harness, which shows the output of failed tests
/// only. With CI=true the test fails.
#[track_caller]
pub(crate) fn or_skip<T>(found: Option<T>, needed: &str) -> Option<T> {
    if found.is_none() {
        let thread = std::thread::current();
        let test = format!("{} ({})", thread.name().unwrap_or("?"), Location::caller());
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "{test} needs {needed}; the message above says how to get it"
        );
        writeln!(
            std::io::stderr(),
            "SKIPPED {test}: it needs {needed}; the message above says how to get it"
        )
        .expect("standard error can be written");
    }
    found
}
