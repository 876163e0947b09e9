//! docs/rules.md is what the rules say, and each rule has a case that violates it and one that does
//! not.

use std::fs;
use std::path::Path;

use calico_core::rules;
use calico_test_support::repository;

#[test]
fn the_page_is_up_to_date() {
    let path = repository().join("docs/rules.md");
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, rules::reference()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == rules::reference(),
        "docs/rules.md is out of date: UPDATE_CASES=1 cargo test --test postrender rules"
    );
}

#[test]
fn every_rule_has_a_failing_and_a_passing_case() {
    let cases = repository().join("tests/cases/postrender/rules");
    for rule in rules::all() {
        let case = cases.join(rule.entry.code);
        let tag = format!("[{}]", rule.entry.code);
        let (fails, passes) = (case.join("fails"), case.join("passes"));
        assert!(output(&fails).contains(&tag), "{}", fails.display());
        assert!(!output(&passes).contains(&tag), "{}", passes.display());
        assert!(passes.join("out.yaml").is_file(), "{}", passes.display());
    }
}

/// What the filter prints in a case, according to its expected outputs.
fn output(case: &Path) -> String {
    ["error.txt", "stderr.txt"]
        .iter()
        .filter_map(|name| fs::read_to_string(case.join(name)).ok())
        .collect()
}
