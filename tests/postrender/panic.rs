//! A panic, which only a bug can cause, is a failure like any other: nothing on stdout that Helm
//! could take for manifests, and the message where the user sees it.
//!
//! This program panics under the filter's guard when it is told to, and otherwise runs itself and
//! looks at what comes out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test, without a harness that would write to stdout"
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
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("helm-postrender: error: internal error, nothing was written: no such thing: \\u{1b}[31m1 ("),
        "{said}"
    );
}

fn under_helm_4() {
    let output = panicking(&["--helm4"]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("|-\n  helm-postrender: error: internal error"),
        "{said}"
    );
    assert!(
        said.contains("\n---\napiVersion: helm-postrender.invalid/v1\nkind: Refused\n"),
        "{said}"
    );
}

fn panicking(arguments: &[&str]) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .env(PANICS, "yes")
        .output()
        .unwrap()
}
