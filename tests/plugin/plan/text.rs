//! What a person sees of each case.

use std::fs;

use super::case::{Case, cases};

#[test]
fn every_case() {
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|case| check(case).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{} cases fail\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

fn check(case: &Case) -> Result<(), String> {
    let ran = case.run(&[]);
    let got = format!("exit {}\n{}\n{}", ran.exit, ran.stderr, ran.stdout);
    let path = case.folder.join("plan.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &got).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    if want == got {
        return Ok(());
    }
    Err(format!(
        "{}\n--- wanted\n{want}\n--- got\n{got}",
        case.folder.display()
    ))
}
