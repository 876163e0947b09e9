//! Every rule has its section in docs/rules.md, a case that fails by it and one that passes.

use std::fs;

use calico_core::rules;
use calico_test_support::repository;

#[test]
fn every_rule_is_documented_and_tried_both_ways() {
    let root = repository();
    let page = fs::read_to_string(root.join("docs/rules.md")).unwrap();
    let cases = root.join("tests/cases/postrender/rules");
    let mut sections: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    for rule in rules::all() {
        let section = page.split(&format!("\n## {}\n\n", rule.name)).nth(1);
        let section =
            section.unwrap_or_else(|| panic!("docs/rules.md has no section {}", rule.name));
        let text = section.replace('\n', " ").to_lowercase();
        let summary = rule.summary.to_lowercase();
        assert!(
            text.starts_with(&summary),
            "{}: docs/rules.md does not start with {summary:?}",
            rule.name
        );
        sections.retain(|name| *name != rule.name);

        let said = |kind: &str| {
            let case = cases.join(rule.name).join(kind);
            ["error.txt", "stderr.txt"]
                .iter()
                .filter_map(|name| fs::read_to_string(case.join(name)).ok())
                .collect::<String>()
        };
        let tag = format!("[{}]", rule.name);
        assert!(
            said("fails").contains(&tag),
            "{tag} is not in the case {}/fails",
            rule.name
        );
        let passes = cases.join(rule.name).join("passes");
        assert!(
            passes.join("out.yaml").is_file(),
            "{} does not pass",
            passes.display()
        );
        assert!(
            !said("passes").contains(&tag),
            "{} breaks the rule",
            passes.display()
        );
    }
    assert_eq!(sections, [""; 0], "docs/rules.md has sections of no rule");
}
