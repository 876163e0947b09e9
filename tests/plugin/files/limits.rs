//! Files that would take forever, or all of the memory.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use calico_test_support::outcome::Outcome;

use crate::run::plugin;

fn status(file: &Path, arguments: &[&str]) -> (Outcome, Duration) {
    let started = Instant::now();
    let output = plugin()
        .args(["status", "-f"])
        .arg(file)
        .args(arguments)
        .output();
    (Outcome::of(&output.unwrap()), started.elapsed())
}

#[test]
fn deep_nesting_takes_no_time() {
    let folder = tempfile::tempdir().unwrap();
    let levels = 40_000;
    for (name, text) in [
        (
            "json",
            format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels)),
        ),
        ("flow", "a: [".repeat(levels)),
        (
            "brackets in strings",
            format!("a: {}", "[\"]\",".repeat(levels)),
        ),
        (
            "brackets in comments",
            format!("a: {}", "[ # ]\n".repeat(levels)),
        ),
        ("block", format!("{}x", "- ".repeat(levels))),
        ("keys", format!("{}x", "? ".repeat(levels))),
    ] {
        let file = folder.path().join("deep.yaml");
        fs::write(&file, text).unwrap();
        let (outcome, elapsed) = status(&file, &[]);
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""), "{name}");
        assert!(
            outcome.stderr.contains("document 1"),
            "{name}: {}",
            outcome.stderr
        );
        assert!(elapsed < Duration::from_secs(2), "{name}: {elapsed:?}");
    }
}

/// Nothing ever opens the FIFO to write to it.
#[test]
fn a_fifo_without_a_writer_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let (outcome, elapsed) = status(&fifo, &["--timeout=1s"]);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
    assert!(
        outcome.stderr.contains("fifo within 1s: raise --timeout"),
        "{}",
        outcome.stderr
    );
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

/// What a shell's `<(…)` passes.
#[test]
fn a_fifo_with_a_writer_is_read() {
    let script =
        "exec \"$0\" status -f <(echo '{apiVersion: v1, kind: Node, metadata: {name: a}}')";
    let output = std::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_kubectl-calico")])
        .output();
    let outcome = Outcome::of(&output.unwrap());
    assert!(outcome.stdout.contains("1 node, "), "{}", outcome.output());
}

#[test]
fn an_endless_file_is_left() {
    let (outcome, _) = status(Path::new("/dev/zero"), &[]);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
    assert!(
        outcome
            .stderr
            .contains("/dev/zero: it is larger than 512 MiB"),
        "{}",
        outcome.stderr
    );
}
