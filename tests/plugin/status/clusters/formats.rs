//! The report on several clusters in every format.

use std::fs;

use calico_test_support::repository;
use serde_json::Value;

use super::{five, status, write};

#[test]
fn several_clusters_in_every_format() {
    let folder = five();
    let list = |format| {
        let outcome = status(folder.path(), &["-f", ".", "-o", format]);
        assert_eq!((outcome.exit, outcome.stderr.as_str()), (1, ""), "{format}");
        outcome.stdout
    };
    let names =
        ["cut-off", "empty", "production", "staging", "test"].map(|it| format!("{it}.yaml"));
    let junit = list("junit");
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let suites = junit
        .root_element()
        .children()
        .filter(roxmltree::Node::is_element);
    let suites: Vec<_> = suites.map(|it| it.attribute("name").unwrap()).collect();
    assert_eq!(suites, names);
    let metrics = list("prometheus");
    let mut families = std::collections::BTreeSet::new();
    for line in metrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let family = rest.split(' ').next().unwrap();
            assert!(families.insert(family), "{family} is not in one piece");
        }
    }
    let samples: Vec<&str> = metrics
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .map(|it| it.0)
        .collect();
    let unique: std::collections::BTreeSet<&&str> = samples.iter().collect();
    assert_eq!(unique.len(), samples.len());
    assert!(
        metrics.contains("kubectl_calico_read{cluster=\"cut-off.yaml\"} 0"),
        "{metrics}"
    );
    assert!(
        metrics.contains("kubectl_calico_read{cluster=\"test.yaml\"} 1"),
        "{metrics}"
    );
    let sarif: Value = serde_json::from_str(&list("sarif")).unwrap();
    let runs = sarif["runs"].as_array().unwrap();
    let ids: Vec<&str> = runs
        .iter()
        .map(|it| it["automationDetails"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        names.each_ref().map(|it| format!("kubectl-calico/{it}/"))
    );
    assert_eq!(runs[0]["invocations"][0]["executionSuccessful"], false);
    assert_eq!(runs[3]["results"][0]["ruleId"], "CAL201");
    for format in ["markdown", "html"] {
        let page = list(format);
        for name in &names {
            assert!(page.contains(name.as_str()), "{format}: {page}");
        }
        assert!(page.contains("cut off or edited"), "{format}: {page}");
        assert!(
            page.contains("192.168.0.0/16 is outside the pod"),
            "{format}: {page}"
        );
    }
}

#[test]
fn the_worst_finding_is_a_cause() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.yaml", "CAL511/fails-with-typha");
    write(folder.path(), "b.yaml", "CAL110/fails-by-the-overlay");
    let table = status(folder.path(), &["-f", ".", "-o", "short"]).stdout;
    let worst: Vec<&str> = table
        .lines()
        .map(|line| line.rsplit("  ").next().unwrap().trim())
        .collect();
    assert_eq!(worst, ["WORST", "error CAL511", "error CAL110"], "{table}");
}

#[test]
fn the_list_matches_its_schema() {
    let folder = five();
    let file = repository().join("docs/clusters.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let list = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    let list: Value = serde_json::from_str(&list).unwrap();
    let errors: Vec<String> = schema.iter_errors(&list).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let clusters = list["clusters"].as_array().unwrap();
    let states: Vec<&Value> = clusters.iter().map(|it| &it["report"]["state"]).collect();
    assert_eq!(states[0], &Value::Null, "{states:?}");
    assert!(clusters[0]["error"].as_str().unwrap().contains("cut off"));
}
