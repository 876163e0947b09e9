//! Contexts of a kubeconfig.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{five, status};

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
