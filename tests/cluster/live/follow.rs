//! `status --wait` and `--watch`, and the CronJob, on an API server whose objects change meanwhile.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use calico_test_support::clusters::Base;
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;
use serde_json::{Value, json};

use super::load::{Loaded, without_backends};
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

fn calico(server: &Cluster, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"));
    command
        .env_clear()
        .env("KUBECONFIG", &server.kubeconfig)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn healthy() -> Vec<Value> {
    without_backends(Base::new("helm", "v3.32.1", 3).objects())
}

/// calico-node is not ready on two nodes.
fn starting() -> Vec<Value> {
    let mut objects = healthy();
    let set = objects.iter_mut().find(|object| {
        object["kind"] == "DaemonSet" && object["metadata"]["name"] == "calico-node"
    });
    set.unwrap()["status"]["numberReady"] = json!(1);
    objects
}

#[test]
fn waiting_begins_before_anything_is_installed() {
    let Some(server) = Cluster::start() else {
        return;
    };
    let child = calico(&server, &["status", "--wait=120s", "-o", "short"])
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(4));
    server.install_crds(Crds::Own);
    let mut loaded = Loaded::new(&server);
    loaded.replace(&starting()).unwrap();
    thread::sleep(Duration::from_secs(10));
    loaded.replace(&healthy()).unwrap();
    let ran = Outcome::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.exit, 0, "{}", ran.output());
    assert!(ran.stdout.contains("is healthy"), "{}", ran.stdout);
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("waiting for Calico to be installed"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("calico-node: 1 of 3 ready"),
        "{}",
        ran.stderr
    );
}

#[test]
fn waiting_ends_when_the_time_is_up() {
    let Some(server) = Cluster::start() else {
        return;
    };
    let ran = server.calico(["status", "--wait=2s", "-o", "short"]);
    assert_eq!(ran.exit, 1, "{}", ran.output());
    assert!(ran.stderr.contains("the time is up"), "{}", ran.stderr);
}

#[test]
fn watching_appends_what_changes_in_a_pipe() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::Own);
    let mut loaded = Loaded::new(&server);
    loaded.replace(&healthy()).unwrap();
    let mut child = calico(&server, &["status", "--watch"]).spawn().unwrap();
    let (sender, lines) = channel();
    let stdout = child.stdout.take().unwrap();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let wait_for = |text: &str| {
        let mut seen = Vec::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(50)) {
            let is_found = line.contains(text);
            seen.push(line);
            if is_found {
                return;
            }
        }
        panic!("{text} is not in\n{}", seen.join("\n"));
    };
    wait_for("is healthy");
    let mut without_pool = healthy();
    without_pool.retain(|object| object["kind"] != "IPPool");
    loaded.replace(&without_pool).unwrap();
    wait_for(" error ");
    loaded.replace(&healthy()).unwrap();
    wait_for("is healthy");
    child.kill().unwrap();
    child.wait().unwrap();
    // A few lists at the beginning, and those of two or three readings: nothing is polled.
    let received = server.received();
    let lists = received.iter().filter(|it| {
        it.agent.starts_with("kubectl-calico/")
            && it.verb == "list"
            && it.uri.contains("/nodes?limit=250")
    });
    assert!(lists.count() <= 6);
}

/// The pod's ServiceAccount may read everything with the ClusterRole that the manifest refers to.
#[test]
fn the_cronjob_of_the_documentation() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::Own);
    Loaded::new(&server).replace(&healthy()).unwrap();
    server.apply(&server.calico(["rbac"]).stdout);
    let manifest = std::fs::read_to_string(repository().join("docs/cronjob.yaml")).unwrap();
    server.apply(&manifest);
    let args = "jsonpath={.spec.jobTemplate.spec.template.spec.containers[0].args}";
    let job = [
        "get",
        "cronjob",
        "-n",
        "kubectl-calico",
        "kubectl-calico-status",
        "-o",
        args,
    ];
    let args: Vec<String> = serde_json::from_str(&server.kubectl(job).succeeded().stdout).unwrap();
    let token = ["create", "token", "-n", "kubectl-calico", "kubectl-calico"];
    let token = server.kubectl(token).succeeded().stdout;
    let flags = [
        "--server",
        &server.url,
        "--token",
        token.trim(),
        "--insecure-skip-tls-verify",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
        .env_clear()
        .args(&args)
        .args(flags)
        .output()
        .unwrap();
    let ran = Outcome::of(&output);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["state"], "healthy");
}
