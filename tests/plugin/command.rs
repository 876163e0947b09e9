//! The command line of the plugin, and its output on a terminal and in a pipe.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use calico_test_support::clusters::{Base, manifest};
use calico_test_support::outcome::Outcome;
use calico_test_support::snapshot::assert_snapshot;
use serde_json::json;

use crate::run::plugin;

/// `status` of a cluster on standard input, after a change to the command.
fn status(cluster: &str, prepare: impl FnOnce(&mut Command)) -> Outcome {
    let mut command = plugin();
    command.args(["status", "-f", "-"]);
    prepare(&mut command);
    Outcome::run_on(&mut command, cluster)
}

fn healthy() -> String {
    manifest(&Base::new("helm", "v3.32.1", 3).objects())
}

#[test]
fn help_fits_80_columns() {
    for (name, arguments) in [
        ("plugin_help", vec!["--help"]),
        ("plugin_status_help", vec!["status", "--help"]),
        ("plugin_plan_help", vec!["plan", "--help"]),
    ] {
        let outcome = Outcome::run(plugin().args(arguments));
        assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""));
        assert!(
            outcome
                .stdout
                .lines()
                .all(|line| line.chars().count() <= 80),
            "{}",
            outcome.stdout
        );
        assert_snapshot(name, &outcome.stdout);
    }
}

/// They would read standard input in each turn, and wait for manifests that nobody has applied.
#[test]
fn what_follows_a_cluster_takes_no_manifests() {
    for flag in ["--wait", "--watch"] {
        let outcome = Outcome::run(plugin().args(["status", flag, "--with", "x.yaml"]));
        assert_eq!(outcome.exit, 64, "{}", outcome.output());
        assert!(
            outcome.stderr.contains("cannot be used with"),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn help_begins_with_examples_and_ends_with_connection_options() {
    for command in [
        "status",
        "plan",
        "nodes",
        "explain",
        "snapshot",
        "rbac",
        "completion",
        "version",
    ] {
        let long = Outcome::run(plugin().args([command, "--help"]))
            .succeeded()
            .stdout;
        let (examples, options) = long.split_once("\nUsage: ").unwrap();
        assert!(examples.matches("\n  # ").count() >= 2, "{long}");
        let other_options = options.split("\nConnection options:").next().unwrap();
        assert!(!other_options.contains("--context "), "{long}");
        let short = Outcome::run(plugin().args([command, "-h"])).stdout;
        assert_eq!(short, long, "{command}");
    }
}

#[test]
fn a_usage_error_exits_with_64() {
    for arguments in [
        vec![],
        vec!["status", "--no-such-flag"],
        vec!["status", "-o", "xml"],
        vec!["status", "surplus"],
        vec!["explain"],
        vec!["explain", "CAL999"],
        vec!["status", "--request-timeout", "soon"],
    ] {
        let outcome = Outcome::run(plugin().args(&arguments));
        assert_eq!(
            (outcome.exit, outcome.stdout.as_str()),
            (64, ""),
            "{arguments:?}"
        );
        assert!(!outcome.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_exits_with_2() {
    for (file, message) in [
        ("/no/such/file.yaml", "cannot read /no/such/file.yaml"),
        ("/dev/null/x", "cannot read"),
    ] {
        let outcome = Outcome::run(plugin().args(["status", "-f", file]));
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""));
        assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    }
    for (text, message) in [
        ("a: [", "document 1"),
        ("---\nkind: Node\n", "apiVersion or kind is missing"),
        (
            "apiVersion: v1\nkind: List\nitems: x\n",
            "expected a list of items",
        ),
        ("# nothing\n", "no Kubernetes objects in standard input"),
        (
            "apiVersion: kubectl-calico/v1beta1\nkind: Snapshot\n",
            "another version of the plugin: its apiVersion is kubectl-calico/v1beta1",
        ),
    ] {
        let outcome = status(text, |_| ());
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""), "{text}");
        assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    }
}

#[test]
fn an_error_in_a_folder_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let assert_error = |message: &str| {
        let outcome = Outcome::run(plugin().args(["status", "-f"]).arg(folder.path()));
        assert_eq!(outcome.exit, 2, "{}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    };
    assert_error("no Kubernetes objects in /");
    fs::write(folder.path().join("a.yaml"), "apiVersion: v1\nkind: Node\n").unwrap();
    fs::write(folder.path().join("b.yaml"), b"\xff\xfea\0").unwrap();
    assert_error("b.yaml: it is UTF-16");
}

/// kubectl runs `kubectl-calico-status`, if it exists, for `kubectl calico status`.
#[test]
fn the_subcommand_may_be_part_of_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("kubectl-calico-status");
    symlink(plugin().get_program(), &link).unwrap();
    let cluster = folder.path().join("cluster.yaml");
    fs::write(&cluster, healthy()).unwrap();
    let outcome = Outcome::run(Command::new(link).env_clear().arg("-f").arg(cluster));
    assert_eq!(outcome.exit, 0);
    assert!(
        outcome
            .stdout
            .starts_with("✓ cluster: Calico v3.32.1 is healthy\n"),
        "{}",
        outcome.stdout
    );
    let link = folder.path().join("kubectl-calico-explain");
    symlink(plugin().get_program(), &link).unwrap();
    let outcome = Outcome::run(Command::new(link).env_clear().arg("CAL201"));
    assert_eq!(outcome.exit, 0);
    assert!(outcome.stdout.starts_with("CAL201"), "{}", outcome.stdout);
}

#[test]
fn color() {
    let output = |prepare: fn(&mut Command)| status(&healthy(), prepare).stdout;
    let escape = '\u{1b}';
    let in_a_pipe = output(|_| ());
    assert!(!in_a_pipe.contains(escape));
    let always = output(|command| {
        command.args(["--color", "always"]).env("NO_COLOR", "1");
    });
    assert!(always.contains(escape), "the flag overrides NO_COLOR");
    assert!(
        always.contains("is healthy"),
        "the text does not depend on color: {always}"
    );
    let never = output(|command| {
        command
            .args(["--color", "never"])
            .env("CLICOLOR_FORCE", "1");
    });
    assert!(!never.contains(escape));
}

/// A cluster's text may have control sequences, and characters that the locale does not have.
#[test]
fn text_of_a_cluster_is_escaped() {
    let mut objects = Base::new("helm", "v3.32.1", 3).objects();
    objects.push(json!({
        "apiVersion": "operator.tigera.io/v1", "kind": "TigeraStatus",
        "metadata": {"name": "hostile"}, "spec": {},
        "status": {"conditions": [{
            "type": "Degraded", "status": "True", "reason": "Caf\u{e9}",
            "message": "\u{1b}]0;owned\u{7}\u{1b}[2Jcaf\u{e9}\r\nsecond line",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }]},
    }));
    let cluster = manifest(&objects);
    let utf_8 = status(&cluster, |command| {
        command.env("LANG", "en_GB.UTF-8");
    })
    .stdout;
    assert!(utf_8.contains("\\u{1b}]0;owned\\u{7}"), "{utf_8}");
    assert!(utf_8.contains("caf\u{e9}"), "{utf_8}");
    assert!(
        utf_8.chars().all(|c| c == '\n' || !c.is_control()),
        "{utf_8}"
    );

    let ascii = status(&cluster, |command| {
        command.env("LC_ALL", "C");
    })
    .stdout;
    assert!(ascii.is_ascii(), "{ascii}");
    assert!(ascii.contains("caf\\u{e9}"), "{ascii}");
}

/// As with `kubectl calico status | head -1`.
#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    fs::write(&file, healthy()).unwrap();
    let mut child = plugin()
        .args(["status", "-f"])
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let outcome = Outcome::of(&child.wait_with_output().unwrap());
    assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""));
}
