//! The commands of a report reach the cluster that the report is about.

use std::fs;
use std::path::Path;

use calico_test_support::cases::cases;
use calico_test_support::clusters::{Base, cluster, manifest};
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use crate::connect::hostile::{reply, server};
use crate::connect::pod_messages::{list, not_found};
use crate::run::{plugin, run_on};

/// As it is written in a command.
const CONTEXT: &str = "'my prod'";

/// The options of a run, and the same in a command.
const GIVEN: [&str; 2] = ["--context", "my prod"];

/// The steps anywhere in a document.
fn steps(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(steps).collect(),
        Value::Object(fields) if fields.contains_key("what") && fields.contains_key("commands") => {
            vec![value]
        }
        Value::Object(fields) => fields.values().flat_map(steps).collect(),
        _ => Vec::new(),
    }
}

fn commands(value: &Value) -> Vec<String> {
    let steps = steps(value).into_iter();
    steps
        .flat_map(|step| step["commands"].as_array().unwrap())
        .map(|command| command.as_str().unwrap().to_owned())
        .collect()
}

/// The lines of a command that a shell runs.
fn lines(command: &str) -> impl Iterator<Item = &str> {
    let mut is_document = false;
    command.lines().filter(move |line| {
        let is_text = is_document;
        is_document = line.ends_with("<<'EOF'") || (is_document && *line != "EOF");
        !is_text && !line.starts_with('#')
    })
}

/// Asserts that each program in a command is sent to the context, and counts them.
#[track_caller]
fn assert_addressed(command: &str) -> usize {
    let mut count = 0;
    for line in lines(command) {
        for (program, flag) in [
            ("kubectl ", "--context"),
            ("calicoctl ", "--context"),
            ("helm ", "--kube-context"),
            ("flux ", "--context"),
        ] {
            for (at, _) in line.match_indices(program) {
                // Neither inside another word, nor in quotes.
                if line[..at].ends_with(|c: char| c != ' ' && c != '(')
                    || line.starts_with("microk8s ")
                {
                    continue;
                }
                let rest = &line[at + program.len()..];
                let rest = ["calico plan ", "calico status "]
                    .iter()
                    .find_map(|own| rest.strip_prefix(own))
                    .unwrap_or(rest);
                let is_local = [
                    "calico rbac",
                    "calico explain",
                    "repo ",
                    "template ",
                    "--kubeconfig /etc",
                    "-f cluster.yaml ",
                ]
                .iter()
                .any(|local| rest.starts_with(local));
                let option = format!("{flag} {CONTEXT}");
                let is_addressed = rest
                    .strip_prefix(&option)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
                assert!(is_addressed || is_local, "{command}");
                count += usize::from(is_addressed);
            }
        }
    }
    count
}

/// The number of programs in the commands of a document that are sent to the context: all of them.
fn addressed(objects: &[Value], subcommand: &str) -> usize {
    let ran = run_on(objects, subcommand, &[&["-o", "json"][..], &GIVEN].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let commands = commands(&document);
    commands
        .iter()
        .map(|command| assert_addressed(command))
        .sum()
}

#[test]
fn every_command_of_every_case_names_the_context() {
    let mut count = 0;
    for case in cases("status", "cluster.yaml") {
        let objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
        count += addressed(&objects, "status");
    }
    assert!(count >= 1000, "{count}");
}

#[test]
fn every_step_of_every_plan_names_the_context() {
    let mut count = 0;
    for case in cases("plan", "cluster.yaml") {
        let objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
        count += addressed(&objects, "plan");
    }
    assert!(count >= 100, "{count}");
}

/// A cluster whose only pool is outside its pod network.
fn broken() -> Vec<Value> {
    cluster(
        &fs::read_to_string(
            calico_test_support::repository().join("tests/cases/status/CAL201/fails/cluster.yaml"),
        )
        .unwrap(),
    )
}

/// A server that has these objects.
fn serve(objects: Vec<Value>) -> String {
    server(move |path, stream| match list(&objects, path) {
        Some(list) => reply(stream, "", list.to_string().as_bytes()),
        None => not_found(stream),
    })
}

/// A kubeconfig with two clusters, of which the first is current.
fn kubeconfig(folder: &Path) {
    let (one, two) = (serve(broken()), serve(broken()));
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "one",
        "clusters": [{"name": "a", "cluster": {"server": one}}, {"name": "b", "cluster": {"server": two}}],
        "contexts": [{"name": "one", "context": {"cluster": "a"}}, {"name": "my prod", "context": {"cluster": "b"}}],
    });
    fs::write(folder.join("my config"), config.to_string()).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = plugin();
    command.current_dir(folder).args(arguments);
    Outcome::of(&command.output().unwrap())
}

#[test]
fn every_format_has_the_options_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    kubeconfig(folder.path());
    let options = ["--kubeconfig", "my config", "--context", "my prod"];
    for format in [
        "text", "wide", "markdown", "html", "json", "yaml", "junit", "sarif",
    ] {
        let arguments = [&["status", "-o", format][..], &options].concat();
        let shown = run(folder.path(), &arguments).stdout;
        let shown = shown.replace("&#39;", "'").replace("&apos;", "'");
        let rollout = "kubectl --kubeconfig 'my config' --context 'my prod' rollout restart ";
        assert!(shown.contains(rollout), "{format}: {shown}");
        assert!(
            shown.contains("KUBECONFIG='my config' calicoctl --context 'my prod' create -f - "),
            "{format}: {shown}"
        );
        assert!(!shown.contains("kubectl rollout"), "{format}: {shown}");
    }
    let waited = [&["status", "--wait=1s", "--fail-on", "never"][..], &options].concat();
    let waited = run(folder.path(), &waited).stdout;
    assert!(
        waited.contains(" --context 'my prod' rollout restart"),
        "{waited}"
    );
    let current = run(folder.path(), &["status", "--kubeconfig", "my config"]).stdout;
    assert!(
        current.contains("kubectl --kubeconfig 'my config' rollout restart"),
        "{current}"
    );
}

#[test]
fn each_of_several_clusters_has_its_own_commands() {
    let folder = tempfile::tempdir().unwrap();
    kubeconfig(folder.path());
    for flag in [&["--contexts", "one,my prod"][..], &["--all-contexts"]] {
        let arguments = [&["status", "-o", "json", "--kubeconfig", "my config"], flag].concat();
        let list: Value = serde_json::from_str(&run(folder.path(), &arguments).stdout).unwrap();
        for (index, context) in ["one", "'my prod'"].iter().enumerate() {
            let commands = commands(&list["clusters"][index]);
            let rollout =
                format!("kubectl --kubeconfig 'my config' --context {context} rollout restart ");
            assert!(
                commands.iter().any(|it| it.starts_with(&rollout)),
                "{commands:?}"
            );
        }
    }
}

#[test]
fn no_secret_is_in_a_command() {
    let url = serve(broken()).replace("http://", "http://jane:s3cret@");
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &["status", "--server", &url, "--token", "t0ken"],
    );
    let host = url.replace("jane:s3cret@", "");
    assert!(
        ran.stdout
            .contains(&format!("kubectl --server {host} rollout")),
        "{}",
        ran.output()
    );
    for secret in ["s3cret", "t0ken", "--token"] {
        assert!(!ran.output().contains(secret), "{}", ran.output());
    }
}

#[test]
fn a_shared_report_has_placeholders() {
    let folder = tempfile::tempdir().unwrap();
    kubeconfig(folder.path());
    let shared = run(
        folder.path(),
        &[
            "status",
            "--redact",
            "--kubeconfig",
            "my config",
            "--context",
            "my prod",
        ],
    );
    assert!(
        shared
            .stdout
            .contains("kubectl --kubeconfig FILE --context CONTEXT rollout"),
        "{}",
        shared.output()
    );
    assert!(!shared.stdout.contains("my "), "{}", shared.output());
}

/// Only someone else can grant what this user does not have.
#[test]
fn permissions_are_granted_by_another_user() {
    let folder = tempfile::tempdir().unwrap();
    let url = server(|_, stream| {
        use std::io::Write as _;
        let body = r#"{"kind": "Status", "message": "x is forbidden: User \"jane\" cannot list", "reason": "Forbidden", "code": 403}"#;
        let head = format!(
            "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes());
    });
    for subcommand in ["status", "plan"] {
        let ran = run(
            folder.path(),
            &[subcommand, "--server", &url, "--as", "jane"],
        )
        .output();
        let apply = format!("kubectl calico rbac | kubectl --server {url} apply -f -");
        assert!(ran.contains(&apply), "{subcommand}: {ran}");
        assert!(!ran.contains("--as "), "{subcommand}: {ran}");
    }
}

/// The first document of a snapshot's file.
fn header(context: &str, objects: usize) -> Value {
    json!({"apiVersion": "kubectl-calico/v1alpha1", "kind": "Snapshot",
        "origin": {"server": "https://api:6443", "cluster": "prod", "context": context}, "objects": objects})
}

#[test]
fn a_snapshot_is_read_again_and_its_cluster_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut objects = Base::new("helm", "v3.32.1", 1).objects();
    objects.retain(|object| object["kind"] == "Node");
    let objects = [&[header("my prod", objects.len())][..], &objects].concat();
    fs::write(folder.path().join("a b.yaml"), manifest(&objects)).unwrap();
    let arguments = ["plan", "-f", "a b.yaml", "--cidr", "10.244.0.0/16"];
    let plan = run(folder.path(), &arguments).stdout;
    for command in [
        "kubectl calico plan -f 'a b.yaml' --cidr 10.244.0.0/16 -o values > ",
        "kubectl --context 'my prod' apply --server-side",
        "helm --kube-context 'my prod' install ",
        "kubectl calico status --context 'my prod'\n",
    ] {
        assert!(plan.contains(command), "{command}: {plan}");
    }
    let other = [&arguments[..], &["--context", "other"]].concat();
    let plan = run(folder.path(), &other).stdout;
    assert!(plan.contains("kubectl --context other apply"), "{plan}");
    assert!(!plan.contains("'my prod'"), "{plan}");
}

#[test]
fn files_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let healthy = Base::new("helm", "v3.32.1", 3).objects();
    fs::write(folder.path().join("a b.yaml"), manifest(&healthy)).unwrap();
    let status = run(folder.path(), &["status", "-f", "a b.yaml"]).stdout;
    assert!(
        status.ends_with("each other:\n    kubectl calico status -f 'a b.yaml' -o connectivity\n"),
        "{status}"
    );
    let input = Outcome::run_on(plugin().args(["status", "-f", "-"]), &manifest(&healthy)).stdout;
    assert!(
        input.ends_with("each other:\n    kubectl calico status -f FILE -o connectivity\n"),
        "{input}"
    );
    let bare: Vec<Value> = healthy
        .into_iter()
        .filter(|object| object["kind"] == "Node")
        .collect();
    fs::write(folder.path().join("bare.yaml"), manifest(&bare)).unwrap();
    let plan = [
        &["plan", "-f", "bare.yaml"][..],
        &["--cidr", "10.244.0.0/16"],
    ]
    .concat();
    let plan = run(folder.path(), &plan).stdout;
    assert!(
        plan.contains("kubectl calico plan -f bare.yaml --cidr 10.244.0.0/16 -o values > "),
        "{plan}"
    );
    let refused = run(folder.path(), &["plan", "-f", "bare.yaml", "-o", "flags"]);
    assert!(
        refused
            .stderr
            .contains("run `kubectl calico plan -f bare.yaml` for details"),
        "{}",
        refused.output()
    );
}
