//! docs/permissions.md shows the ClusterRoles that `rbac` prints.

use std::fs;

use calico_test_support::outcome::Outcome;
use calico_test_support::repository;

use crate::run::plugin;

const FENCE: &str = "```yaml\n";

fn rbac(arguments: &[&str]) -> String {
    let mut command = plugin();
    command.arg("rbac").args(arguments);
    Outcome::run(&mut command).succeeded().stdout
}

/// Those of the rules that allow to write.
fn writes(role: &str) -> String {
    let rules = role.split_inclusive('\n').collect::<Vec<_>>();
    let of_three = rules.chunk_by(|_, next| !next.starts_with("  - "));
    of_three
        .map(<[&str]>::concat)
        .filter(|rule| rule.contains("\"create\""))
        .collect()
}

#[test]
fn the_page_shows_what_is_printed() {
    let path = repository().join("docs/permissions.md");
    let page = fs::read_to_string(&path).unwrap();
    let shown = [rbac(&[]), writes(&rbac(&["--probe"]))];
    let mut parts = page.split(FENCE);
    let mut written = parts.next().unwrap().to_owned();
    for (part, shown) in parts.zip(&shown) {
        let (_, after) = part.split_once("```").unwrap();
        written += &format!("{FENCE}{shown}```{after}");
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &written).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        written,
        "UPDATE_CASES=1 cargo test --test plugin permissions writes it"
    );
}

#[test]
fn only_a_probe_writes() {
    for arguments in [&[][..], &["--watch"]] {
        assert_eq!(writes(&rbac(arguments)), "", "{arguments:?}");
    }
    assert_ne!(writes(&rbac(&["--probe"])), "");
}
