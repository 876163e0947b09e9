//! A snapshot that was cut off. What it lacks must not be mistaken for what does not exist.

use calico_test_support::clusters::Base;
use serde_json::Value;

use crate::run::run_on;

#[test]
fn a_snapshot_without_its_last_objects_is_refused() {
    let cluster = Base::new("helm", "v3.32.1", 3).objects();
    let whole = run_on(&cluster, "snapshot", &[]).stdout;
    let documents: Vec<Value> = whole
        .split("---\n")
        .filter(|document| !document.is_empty())
        .map(|document| serde_json::from_str(document).unwrap())
        .collect();
    let expected = documents.len() - 1;
    for found in 0..=expected {
        for subcommand in ["status", "plan", "snapshot"] {
            let outcome = run_on(&documents[..=found], subcommand, &[]);
            if found == expected {
                assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""));
                continue;
            }
            assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
            let message = format!(
                "cluster.yaml has {found} of the {expected} objects of its snapshot: it was cut off \
                 or edited; run kubectl calico snapshot again"
            );
            assert!(outcome.stderr.contains(&message), "{}", outcome.stderr);
        }
    }
}

/// The objects of one cluster must not hide those of another.
#[test]
fn two_snapshots_in_one_file_are_refused() {
    let cluster = Base::new("helm", "v3.32.1", 1).objects();
    let mut twice: Vec<Value> = cluster.clone();
    twice.extend(cluster);
    for subcommand in ["status", "plan", "snapshot", "nodes"] {
        let outcome = run_on(&twice, subcommand, &[]);
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
        let message = "a second snapshot: each is of a cluster of its own";
        assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    }
}
