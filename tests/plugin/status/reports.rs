//! The report of each case as text.

use std::fs;

use calico_test_support::cases::{assert_all, expect};

use super::case::{Case, cases, status};

#[test]
fn every_case() {
    assert_all(cases().iter().map(check));
}

fn check(case: &Case) -> Result<(), String> {
    let arguments = fs::read_to_string(case.folder.join("args")).unwrap_or_default();
    let arguments: Vec<&str> = arguments.lines().collect();
    let outcome = status(&case.objects, &arguments);
    let report = if case.code().is_some() {
        without_facts(&outcome.stdout)
    } else {
        outcome.stdout
    };
    let actual = format!("exit {}\n{}\n{report}", outcome.exit, outcome.stderr);
    expect(&case.folder.join("report.txt"), &actual)
}

/// A report without the paragraph of the facts, of which the first one is marked or not.
fn without_facts(report: &str) -> String {
    let is_facts = |paragraph: &&str| {
        paragraph
            .get(2..)
            .is_some_and(|it| it.starts_with("Cluster  "))
    };
    let others = report
        .split("\n\n")
        .filter(|paragraph| !is_facts(paragraph));
    others.collect::<Vec<_>>().join("\n\n")
}
