//! `kubectl calico status` on several clusters: snapshots, and contexts of a kubeconfig.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use calico_test_support::clusters::{Base, cluster, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;
use calico_test_support::snapshot::assert_snapshot;
use serde_json::Value;

use crate::run::plugin;

/// Writes the snapshot of a case of `status`.
fn write(folder: &Path, name: &str, case: &str) {
    let case = repository().join("tests/cases/status").join(case);
    let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
    fs::write(folder.join(name), manifest(&cluster(&text))).unwrap();
}

/// A folder with the snapshots of five clusters, of which one was cut off.
fn five() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "production.yaml", "healthy/helm");
    write(folder.path(), "staging.yaml", "CAL201/fails");
    write(folder.path(), "test.yaml", "CAL401/fails-at-51");
    write(folder.path(), "empty.yaml", "state/not-installed");
    let header = r#"{"apiVersion": "kubectl-calico/v1alpha1", "kind": "Snapshot", "objects": 9}"#;
    fs::write(folder.path().join("cut-off.yaml"), header).unwrap();
    folder
}

fn status(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = plugin();
    command.current_dir(folder).arg("status").args(arguments);
    Outcome::of(&command.output().unwrap())
}

#[test]
fn a_folder_of_snapshots() {
    let folder = five();
    let all = status(folder.path(), &["-f", "."]);
    assert_eq!((all.exit, all.stderr.as_str()), (1, ""));
    assert_snapshot("plugin_status_clusters", &all.stdout);
    let short = status(folder.path(), &["-f", ".", "-o", "short"]).stdout;
    assert_eq!(short.lines().count(), 6, "{short}");
    assert!(all.stdout.starts_with(&short));
    let named = [
        "-f",
        "staging.yaml",
        "-f",
        "test.yaml",
        "--fail-on",
        "never",
    ];
    assert_eq!(status(folder.path(), &named).exit, 0);
    let unread = ["-f", "production.yaml", "-f", "cut-off.yaml"];
    assert_eq!(status(folder.path(), &unread).exit, 2);
    let healthy = ["-f", "production.yaml", "-f", "production.yaml"];
    assert_eq!(status(folder.path(), &healthy).exit, 0);
}

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
fn each_cluster_is_compared_with_its_own_earlier_report() {
    let folder = five();
    fs::remove_file(folder.path().join("test.yaml")).unwrap();
    let before = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    let elsewhere = tempfile::tempdir().unwrap();
    let baseline = elsewhere.path().join("baseline.json");
    fs::write(&baseline, before).unwrap();
    let baseline = baseline.to_str().unwrap();
    let arguments = ["-f", ".", "--baseline", baseline];
    // The one that was cut off.
    assert_eq!(status(folder.path(), &arguments).exit, 2);
    write(folder.path(), "test.yaml", "CAL401/fails-at-51");
    let list = status(folder.path(), &[&arguments[..], &["-o", "json"]].concat()).stdout;
    let list: Value = serde_json::from_str(&list).unwrap();
    let changes = |index: usize| &list["clusters"][index]["report"]["changes"];
    assert_eq!(
        (
            &changes(3)["new"],
            changes(3)["unchanged"].as_array().unwrap().len()
        ),
        (&0.into(), 1)
    );
    assert_eq!(changes(4)["new"], 1);
    let compared = changes(4)["compared"].as_str().unwrap();
    assert!(
        compared.ends_with("which has no report on it"),
        "{compared}"
    );
    let one = status(folder.path(), &["-f", "staging.yaml", "-o", "json"]).stdout;
    fs::write(baseline, one).unwrap();
    let refused = status(folder.path(), &arguments);
    assert_eq!((refused.exit, refused.stdout.as_str()), (2, ""));
    assert!(
        refused.stderr.contains("is a report on one cluster"),
        "{}",
        refused.stderr
    );
}

/// The names in a baseline are those of the files, and not of the path in which they were given.
#[test]
fn a_baseline_fits_however_the_path_is_written() {
    let folder = five();
    fs::remove_file(folder.path().join("cut-off.yaml")).unwrap();
    let parent = folder.path().parent().unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let baseline = elsewhere.path().join("baseline.json");
    let before = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    fs::write(&baseline, before).unwrap();
    let absolute = folder.path().to_str().unwrap();
    for path in [name, &format!("./{name}"), &format!("{name}/"), absolute] {
        let arguments = [
            "-f",
            path,
            "--baseline",
            baseline.to_str().unwrap(),
            "-o",
            "json",
        ];
        let list = status(parent, &arguments);
        assert_eq!(list.exit, 0, "{path}: {}", list.output());
        let list: Value = serde_json::from_str(&list.stdout).unwrap();
        for cluster in list["clusters"].as_array().unwrap() {
            let compared = cluster["report"]["changes"]["compared"].as_str().unwrap();
            assert!(
                compared.starts_with("with the report of"),
                "{path}: {compared}"
            );
        }
    }
}

#[test]
fn files_of_one_name_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    for day in ["monday", "tuesday"] {
        let path = folder.path().join(day);
        fs::create_dir(&path).unwrap();
        let mut objects = cluster(
            "base: calico.yaml\n---\nkind: Node\nmetadata: {name: node-1}\nstatus: {addresses: []}\n",
        );
        objects[0]["origin"] = serde_json::json!({"cluster": "kubernetes"});
        fs::write(path.join("cluster.yaml"), manifest(&objects)).unwrap();
    }
    let ran = |format| {
        status(
            folder.path(),
            &["-f", "monday", "-f", "tuesday", "-o", format],
        )
        .stdout
    };
    for (format, start) in [("text", "✗ "), ("markdown", "## "), ("html", ">")] {
        let page = ran(format);
        for name in ["monday/cluster.yaml", "tuesday/cluster.yaml"] {
            assert!(
                page.contains(&format!("{start}{name}: Calico")),
                "{format}: {page}"
            );
        }
    }
}

/// What follows the last dot of a version is no extension.
#[test]
fn a_folder_keeps_its_whole_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v3.29.7");
    fs::create_dir(&path).unwrap();
    write(&path, "objects.yaml", "healthy/helm");
    for (file, name) in [("v3.29.7", "v3.29.7"), ("v3.29.7/objects.yaml", "objects")] {
        let ran = status(folder.path(), &["-f", file, "-o", "short"]);
        let expected = format!("✓ {name}: Calico");
        assert!(ran.stdout.starts_with(&expected), "{}", ran.output());
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

/// Names are given as they are in the clusters, each of which has other replacements.
#[test]
fn ignores_and_a_baseline_of_redacted_clusters() {
    let folder = five();
    fs::remove_file(folder.path().join("cut-off.yaml")).unwrap();
    let before = status(folder.path(), &["-f", ".", "-o", "json"]).stdout;
    fs::write(folder.path().join("before.txt"), before).unwrap();
    let text = "ignore:\n- {code: CAL201, object: IPPool/default-ipv4-ippool, reason: zqreason of zqteam}\n\
                - {code: CAL204, object: IPPool/zqpool-1, reason: zqnever}\n";
    fs::write(folder.path().join("ignore.txt"), text).unwrap();
    let arguments = ["-f", ".", "--redact", "--ignore-file", "ignore.txt"];
    let ran = status(folder.path(), &arguments);
    assert_eq!(ran.exit, 0, "{}", ran.output());
    assert!(!ran.output().contains("zq"), "{}", ran.output());
    let count = |text: &str| ran.stdout.matches(text).count();
    assert_eq!(count("(ignored: "), 1, "{}", ran.stdout);
    assert_eq!(count("matches no finding"), 4, "{}", ran.stdout);
    let since = [
        "-f",
        ".",
        "--redact",
        "--baseline",
        "before.txt",
        "-o",
        "json",
    ];
    let since = status(folder.path(), &since);
    assert_eq!(since.exit, 0, "{}", since.output());
    let list: Value = serde_json::from_str(&since.stdout).unwrap();
    for cluster in list["clusters"].as_array().unwrap() {
        let changes = &cluster["report"]["changes"];
        assert_eq!(
            (&changes["new"], changes["gone"].to_string()),
            (&0.into(), "[]".into())
        );
    }
    assert!(!since.stdout.contains("staging"), "{}", since.stdout);
}

#[test]
fn contexts_are_redacted() {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = "apiVersion: v1\nkind: Config\nclusters:\n- {name: zqc, cluster: {server: 'http://zqhost.zqcorp.invalid:1'}}\n\
                      contexts:\n- {name: zqone, context: {cluster: zqc}}\n- {name: zqtwo, context: {cluster: zqnone}}\n";
    fs::write(folder.path().join("config"), kubeconfig).unwrap();
    for flag in [
        ["--contexts", "zqone,zqtwo,zqthree"].as_slice(),
        &["--all-contexts"],
    ] {
        for format in ["text", "json", "html", "junit"] {
            let arguments = [&["--kubeconfig", "config", "--redact", "-o", format], flag].concat();
            let ran = status(folder.path(), &arguments);
            assert_eq!(ran.exit, 2, "{}", ran.output());
            assert!(ran.stdout.contains("cluster2"), "{}", ran.stdout);
            assert!(!ran.output().contains("zq"), "{format}: {}", ran.output());
        }
    }
}

#[test]
fn files_for_all_clusters_are_read_once() {
    let folder = five();
    fs::write(folder.path().join("ignore.txt"), "ignore: 1\n").unwrap();
    let outcome = status(folder.path(), &["-f", ".", "--ignore-file", "ignore.txt"]);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("ignore.txt"), "{}", outcome.stderr);
    let with = status(folder.path(), &["-f", ".", "--with", "test.yaml"]);
    assert_eq!((with.exit, with.stdout.as_str()), (2, ""));
    assert!(
        with.stderr.contains("--with is for one cluster"),
        "{}",
        with.stderr
    );
}

/// An entry is for all clusters, so it may match in one of them only.
#[test]
fn an_ignore_is_unused_if_it_matches_in_no_cluster() {
    let folder = five();
    fs::remove_file(folder.path().join("cut-off.yaml")).unwrap();
    fs::remove_file(folder.path().join("empty.yaml")).unwrap();
    let text = "ignore:\n- {code: CAL201, reason: agreed}\n- {code: CAL204, reason: never}\n";
    fs::write(folder.path().join("ignore.txt"), text).unwrap();
    let outcome = status(folder.path(), &["-f", ".", "--ignore-file", "ignore.txt"]);
    assert_eq!(outcome.exit, 0, "{}", outcome.output());
    let count = |text: &str| outcome.stdout.matches(text).count();
    assert_eq!(
        count("CAL201 (agreed) matches no finding"),
        0,
        "{}",
        outcome.stdout
    );
    assert_eq!(
        count("CAL204 (never) matches no finding"),
        3,
        "{}",
        outcome.stdout
    );
    assert_eq!(count("(ignored: agreed)"), 1, "{}", outcome.stdout);
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

#[test]
fn a_snapshot_and_manifests_are_one_cluster_and_two_snapshots_are_not() {
    let folder = five();
    let objects = Base::new("nodes", "v3.32.1", 1).objects();
    let nodes = manifest(&objects[1..]);
    fs::write(folder.path().join("nodes.yml"), nodes).unwrap();
    let one = status(folder.path(), &["-f", "production.yaml", "-f", "nodes.yml"]);
    assert!(
        one.stdout.contains("production: Calico"),
        "{}",
        one.output()
    );
    let mixed = status(folder.path(), &["-f", "."]);
    assert_eq!((mixed.exit, mixed.stdout.as_str()), (2, ""));
    assert!(
        mixed.stderr.contains("nodes.yml is not"),
        "{}",
        mixed.stderr
    );
}

#[test]
fn compressed_snapshots_in_a_folder() {
    let folder = five();
    let path = folder.path().join("staging.yaml");
    assert!(Command::new("gzip").arg(&path).status().unwrap().success());
    let all = status(folder.path(), &["-f", ".", "-o", "short"]);
    assert_eq!((all.exit, all.stderr.as_str()), (1, ""));
    assert!(
        all.stdout.contains("staging.yaml.gz   degraded"),
        "{}",
        all.stdout
    );
    assert_eq!(all.stdout.lines().count(), 6);
}

#[test]
fn other_commands_name_the_snapshots() {
    let folder = five();
    for command in ["nodes", "plan", "snapshot"] {
        let mut plugin = plugin();
        plugin.current_dir(folder.path()).args([command, "-f", "."]);
        let outcome = Outcome::of(&plugin.output().unwrap());
        assert_eq!(
            (outcome.exit, outcome.stdout.as_str()),
            (2, ""),
            "{command}"
        );
        for said in [
            "snapshots of several clusters",
            "./production.yaml, ./staging.yaml",
        ] {
            assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
        }
    }
}

#[test]
fn a_kubeconfig_without_contexts_and_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let all = ["--kubeconfig", "config", "--all-contexts"];
    for (text, said) in [
        (
            "apiVersion: v1\nkind: Config\n",
            "--all-contexts: no contexts in the kubeconfig (config)",
        ),
        (
            "a: [",
            "cannot read kubeconfig config: not a kubeconfig (line 1",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let outcome = status(folder.path(), &all);
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
    }
}

#[test]
fn a_list_of_contexts_may_end_with_a_comma_and_repeat_itself() {
    let contexts = |list| status(Path::new("/"), &["--contexts", list, "-o", "short"]);
    assert_eq!(contexts("a,b,a,").stdout.lines().count(), 3);
    let none = contexts(",");
    assert_eq!((none.exit, none.stdout.as_str()), (2, ""));
    assert!(
        none.stderr.contains("no context is named"),
        "{}",
        none.stderr
    );
}

#[test]
fn two_hundred_contexts_that_cannot_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let mut kubeconfig = String::from("apiVersion: v1\nkind: Config\nclusters:\n");
    for number in 0..200 {
        kubeconfig.push_str(&format!(
            "- {{name: c{number}, cluster: {{server: 'http://127.0.0.1:1'}}}}\n"
        ));
    }
    kubeconfig.push_str("contexts:\n");
    for number in 0..200 {
        kubeconfig.push_str(&format!(
            "- {{name: context-{number}, context: {{cluster: c{number}}}}}\n"
        ));
    }
    let file = folder.path().join("config");
    fs::write(&file, kubeconfig).unwrap();
    let file = file.to_str().unwrap();
    let started = Instant::now();
    let all = status(
        folder.path(),
        &["--kubeconfig", file, "--all-contexts", "-o", "short"],
    );
    assert!(started.elapsed() < Duration::from_secs(120));
    assert_eq!((all.exit, all.stderr.as_str()), (2, ""));
    assert_eq!(all.stdout.lines().count(), 201);
    let two = [
        "--kubeconfig",
        file,
        "--contexts",
        "context-7,no-such-context",
    ];
    let two = status(folder.path(), &two);
    assert_eq!(two.exit, 2);
    assert!(two.stdout.contains("? context-7: "), "{}", two.stdout);
    assert!(
        two.stdout.contains("does not exist in the kubeconfig"),
        "{}",
        two.stdout
    );
}

#[test]
fn flags_for_one_cluster_are_usage_errors() {
    for flags in [
        ["--contexts", "a", "--all-contexts", ""].as_slice(),
        &["--contexts", "a", "--context", "b"],
        &["--all-contexts", "-f", "x.yaml"],
        &["--contexts", "a", "--with", "x.yaml"],
    ] {
        let flags: Vec<&str> = flags.iter().copied().filter(|it| !it.is_empty()).collect();
        assert_eq!(status(Path::new("/"), &flags).exit, 64, "{flags:?}");
    }
}
