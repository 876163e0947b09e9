//! The report of each case as text.

use std::fs;

use super::case::{Case, cases, status};

#[test]
fn every_case() {
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|case| check(case).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n\n{}",
        failures.len(),
        cases().len(),
        failures.join("\n\n")
    );
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
    let file = case.folder.join("report.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&file, &actual).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    Err(format!(
        "{}\n--- expected\n{expected}\n--- actual\n{actual}",
        case.folder.display()
    ))
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
