//! The plan of each case as text.

use std::fs;

use super::case::{Case, cases};

#[test]
fn every_case() {
    let cases = cases();
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
}

fn check(case: &Case) -> Result<(), String> {
    let outcome = case.run(&[]);
    let actual = format!(
        "exit {}\n{}\n{}",
        outcome.exit, outcome.stderr, outcome.stdout
    );
    let file = case.folder.join("plan.txt");
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
