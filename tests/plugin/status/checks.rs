//! Each check has cases and a text.

use std::fs;

use calico_test_support::repository;
use kubectl_calico::assess::checks::CHECKS;

use super::case::{cases, codes};

/// A case whose name begins with `fails` has the finding; one that begins with `passes` has not.
#[test]
fn the_name_of_a_case_says_whether_its_check_fails() {
    for case in cases() {
        let Some(code) = case.code() else { continue };
        assert!(
            CHECKS.iter().any(|check| check.entry.code == code),
            "there is no check {code}"
        );
        let fails = case.name().starts_with("fails");
        assert!(
            fails || case.name().starts_with("passes"),
            "{}: the name begins with neither fails nor passes",
            case.folder.display()
        );
        let found = codes(case.report()).contains(&code);
        assert_eq!(found, fails, "{}", case.folder.display());
    }
}

#[test]
fn every_check_has_a_failing_and_a_passing_case() {
    for check in CHECKS {
        for kind in ["fails", "passes"] {
            let exists = cases()
                .iter()
                .any(|case| case.code() == Some(check.entry.code) && case.name().starts_with(kind));
            assert!(exists, "{} has no case that {kind}", check.entry.code);
        }
    }
}

#[test]
fn every_check_needs_something() {
    for check in CHECKS {
        assert!(
            !check.needs.is_empty(),
            "{} needs nothing",
            check.entry.code
        );
    }
}

/// docs/findings.md is made from the texts of the checks.
#[test]
fn the_reference_is_up_to_date() {
    let file = repository().join("docs/findings.md");
    let reference = kubectl_calico::render::reference();
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&file, &reference).unwrap();
    }
    assert!(
        fs::read_to_string(&file).unwrap_or_default() == reference,
        "docs/findings.md is out of date: UPDATE_CASES=1 cargo test --test plugin status"
    );
}
