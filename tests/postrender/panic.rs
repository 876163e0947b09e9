//! A panic, which only a bug can cause, is reported like any other error: standard output has
//! nothing that Helm could apply, and the user sees the message.
//!
//! This program panics under the filter's guard if a variable is set. Otherwise it runs itself with
//! that variable and checks the output.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test, without a harness that would write to standard output"
)]

use std::process::{Command, Output};

use helm_postrender::Caller;

const PANICS: &str = "HELM_POSTRENDER_TEST_PANICS";

fn main() {
    if std::env::var_os(PANICS).is_some() {
        let mut arguments = std::env::args_os().collect();
        Caller::of(&mut arguments).guard();
        panic!("no such thing: \u{1b}[31m{}", arguments.len());
    }
    in_a_pipe();
    under_helm_4();
    println!("2 passed, 0 failed");
}

fn in_a_pipe() {
    let output = panicking(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("helm-postrender: error: internal error, nothing was written: no such thing: \\u{1b}[31m1 ("),
        "{message}"
    );
}

fn under_helm_4() {
    let output = panicking(&["--helm4"]);
    assert_eq!(output.status.code(), Some(0));
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.starts_with("|-\n  helm-postrender: error: internal error"),
        "{output}"
    );
    assert!(
        output.contains("\n---\napiVersion: helm-postrender.invalid/v1\nkind: Refused\n"),
        "{output}"
    );
}

fn panicking(arguments: &[&str]) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .env(PANICS, "yes")
        .output()
        .unwrap()
}
