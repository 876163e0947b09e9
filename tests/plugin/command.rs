//! The plugin's command line and its output.

use std::process::{Command, Output, Stdio};

use calico_test_support::clusters::{Base, manifest};

fn plugin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"));
    command.env_clear();
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Exit code, standard output, standard error.
fn ran(output: &Output) -> (i32, String, String) {
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

/// `status` of a cluster that is given on standard input.
fn status(cluster: &str, prepare: impl FnOnce(&mut Command)) -> Output {
    use std::io::Write as _;
    let mut command = plugin();
    command.args(["status", "-f", "-"]);
    prepare(&mut command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(cluster.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
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
        let (code, stdout, stderr) = ran(&plugin().args(arguments).output().unwrap());
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(
            stdout.lines().all(|line| line.chars().count() <= 80),
            "{stdout}"
        );
        insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(name, stdout);
        });
    }
}

#[test]
fn help_begins_with_two_examples_and_ends_with_connection_options() {
    for command in [
        "status",
        "plan",
        "explain",
        "snapshot",
        "rbac",
        "completion",
        "version",
    ] {
        let (code, help, _) = ran(&plugin().args([command, "--help"]).output().unwrap());
        assert_eq!(code, 0, "{command}");
        let (examples, options) = help.split_once("\nUsage: ").unwrap();
        assert_eq!(examples.matches("\n  # ").count(), 2, "{help}");
        let other_options = options.split("\nConnection options:").next().unwrap();
        assert!(!other_options.contains("--context"), "{help}");
        let (_, short, _) = ran(&plugin().args([command, "-h"]).output().unwrap());
        assert_eq!(short, help, "{command}");
    }
}

#[test]
fn usage_errors_are_64_and_on_standard_error() {
    for arguments in [
        vec![],
        vec!["status", "--no-such-flag"],
        vec!["status", "-o", "xml"],
        vec!["status", "surplus"],
        vec!["explain"],
        vec!["explain", "CAL999"],
        vec!["status", "--request-timeout", "soon"],
    ] {
        let (code, stdout, stderr) = ran(&plugin().args(&arguments).output().unwrap());
        assert_eq!((code, stdout.as_str()), (64, ""), "{arguments:?}");
        assert!(!stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_read_is_2() {
    for (file, said) in [
        ("/no/such/file.yaml", "cannot read /no/such/file.yaml"),
        ("/dev/null/x", "cannot read"),
    ] {
        let output = plugin().args(["status", "-f", file]).output().unwrap();
        let (code, stdout, stderr) = ran(&output);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains(said), "{stderr}");
    }
    for (text, said) in [
        ("a: [", "document 1"),
        ("---\nkind: Node\n", "apiVersion or kind is missing"),
        ("apiVersion: v1\nkind: Node\n---\n{", "document 2"),
        (
            "apiVersion: v1\nkind: List\nitems: x\n",
            "items is not a list",
        ),
        ("# nothing\n", "no Kubernetes objects in standard input"),
        (
            "apiVersion: kubectl-calico/v1beta1\nkind: Snapshot\n",
            "another version of the plugin: its apiVersion is kubectl-calico/v1beta1",
        ),
    ] {
        let (code, stdout, stderr) = ran(&status(text, |_| ()));
        assert_eq!((code, stdout.as_str()), (2, ""), "{text}");
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn the_file_of_a_folder_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let of = |file: &str| {
        let output = plugin().args(["status", "-f"]).arg(folder.path()).output();
        let (code, _, stderr) = ran(&output.unwrap());
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(file), "{stderr}");
    };
    of("no Kubernetes objects in /");
    std::fs::write(folder.path().join("a.yaml"), "apiVersion: v1\nkind: Node\n").unwrap();
    std::fs::write(folder.path().join("b.yaml"), b"\xff\xfea\0").unwrap();
    of("b.yaml: it is UTF-16");
}

/// Under the name that kubectl prefers for `kubectl calico status`.
#[test]
fn the_command_may_be_in_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("kubectl-calico-status");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_kubectl-calico"), &link).unwrap();
    let cluster = folder.path().join("cluster.yaml");
    std::fs::write(&cluster, healthy()).unwrap();
    let output = Command::new(link)
        .env_clear()
        .arg("-f")
        .arg(cluster)
        .output();
    let (code, stdout, _) = ran(&output.unwrap());
    assert_eq!(code, 0);
    assert!(stdout.starts_with("Calico v3.32.1 is well\n"), "{stdout}");
}

#[test]
fn colors_are_for_terminals_unless_the_flag_says_otherwise() {
    let escape = '\u{1b}';
    let output = |prepare: fn(&mut Command)| ran(&status(&healthy(), prepare)).1;
    assert!(!output(|_| ()).contains(escape), "a pipe is no terminal");
    let always = output(|command| {
        command.args(["--color", "always"]).env("NO_COLOR", "1");
    });
    assert!(
        always.contains(escape),
        "the flag is stronger than NO_COLOR"
    );
    assert!(
        always.contains("is well"),
        "color is never the only sign: {always}"
    );
    let never = output(|command| {
        command
            .args(["--color", "never"])
            .env("CLICOLOR_FORCE", "1");
    });
    assert!(!never.contains(escape));
}

/// A cluster's text can hold what a terminal obeys, and letters that a locale cannot show.
#[test]
fn what_a_cluster_says_is_shown_and_not_obeyed() {
    let mut objects = Base::new("helm", "v3.32.1", 3).objects();
    objects.push(serde_json::json!({
        "apiVersion": "operator.tigera.io/v1", "kind": "TigeraStatus",
        "metadata": {"name": "hostile"}, "spec": {},
        "status": {"conditions": [{
            "type": "Degraded", "status": "True", "reason": "Caf\u{e9}",
            "message": "\u{1b}]0;owned\u{7}\u{1b}[2Jcaf\u{e9}\r\nsecond line",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }]},
    }));
    let cluster = manifest(&objects);
    let (_, stdout, _) = ran(&status(&cluster, |command| {
        command.env("LANG", "en_GB.UTF-8");
    }));
    assert!(stdout.contains("\\u{1b}]0;owned\\u{7}"), "{stdout}");
    assert!(stdout.contains("caf\u{e9}"), "{stdout}");
    assert!(
        stdout.chars().all(|c| c == '\n' || !c.is_control()),
        "{stdout}"
    );

    let (_, stdout, _) = ran(&status(&cluster, |command| {
        command.env("LC_ALL", "C");
    }));
    assert!(stdout.is_ascii(), "{stdout}");
    assert!(stdout.contains("caf\\u{e9}"), "{stdout}");
}

/// Whoever reads the report may stop; that is no failure of the cluster's.
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    std::fs::write(&file, healthy()).unwrap();
    let mut child = plugin()
        .args(["status", "-f"])
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), text(&output.stderr).as_str()),
        (Some(0), "")
    );
}
