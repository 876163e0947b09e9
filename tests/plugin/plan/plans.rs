//! The plan of each case as text.

use calico_test_support::cases::{assert_all, expect};

use super::case::{Case, cases};

#[test]
fn every_case() {
    assert_all(cases().iter().map(check));
}

fn check(case: &Case) -> Result<(), String> {
    let outcome = case.run(&[]);
    let actual = format!(
        "exit {}\n{}\n{}",
        outcome.exit, outcome.stderr, outcome.stdout
    );
    expect(&case.folder.join("plan.txt"), &actual)
}
