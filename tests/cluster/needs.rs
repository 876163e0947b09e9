//! A test that needs a program which is built with Go, on a machine without Go.

use std::io::Write;
use std::panic::Location;

/// How `scripts/test-cluster` and `scripts/build-krew` say that there is no Go to build with.
pub(crate) const NO_GO: i32 = 69;

/// Says which test is skipped, past the harness, which would show it for a failed test only. With CI=true, none may be.
#[track_caller]
pub(crate) fn or_skip<T>(found: Option<T>, needed: &str) -> Option<T> {
    if found.is_none() {
        let thread = std::thread::current();
        let test = format!("{} ({})", thread.name().unwrap_or("?"), Location::caller());
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "{test} needs {needed}; how to get one is above"
        );
        writeln!(
            std::io::stderr(),
            "SKIPPED {test}: it needs {needed}; how to get one is above"
        )
        .expect("standard error can be written");
    }
    found
}
