//! `kubectl calico nodes` on an API server, and `--probe`: the part of calico-node is played by this test.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use calico_test_support::clusters::Base;
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use super::load::{Loaded, without_backends};
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

const STATUSES: &str = "caliconodestatuses.crd.projectcalico.org";

fn with_calico(nodes: u32) -> Option<Cluster> {
    let server = Cluster::start()?;
    server.install_crds(Crds::V3_32);
    Loaded::new(&server)
        .replace(&without_backends(
            Base::new("helm", "v3.32.1", nodes).objects(),
        ))
        .unwrap();
    Some(server)
}

fn statuses(server: &Cluster) -> Vec<Value> {
    let list = server.kubectl(["get", STATUSES, "-o", "json"]).succeeded();
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// Does what calico-node does on these nodes while `work` runs: reports in each CalicoNodeStatus of its node, and
/// moves the labels to an annotation, as libcalico-go does. On `node-3`, the session with node-1 is down.
fn with_calico_node<T>(server: &Cluster, nodes: &[&str], work: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                for object in statuses(server) {
                    let node = object["spec"]["node"].as_str().unwrap();
                    if nodes.contains(&node) && object["status"]["lastUpdated"].is_null() {
                        report(server, object.clone());
                    }
                }
                thread::sleep(Duration::from_millis(100));
            }
        });
        let result = work();
        stop.store(true, Ordering::Relaxed);
        result
    })
}

fn report(server: &Cluster, mut object: Value) {
    let node = object["spec"]["node"].as_str().unwrap().to_owned();
    let number: u32 = node.trim_start_matches("node-").parse().unwrap();
    let peers: Vec<Value> = (1..=3)
        .filter(|peer| *peer != number)
        .map(|peer| {
            let is_down = [number, peer] == [3, 1];
            json!({
                "peerIP": format!("10.0.0.{}", 9 + peer), "type": "NodeMesh", "since": "09:19:28",
                "state": if is_down { "Active" } else { "Established" },
            })
        })
        .collect();
    object["status"] = json!({
        "lastUpdated": "2026-01-01T00:00:00Z",
        "agent": {"birdV4": {"state": "Ready"}, "birdV6": {"state": "Ready"}},
        "bgp": {
            "numberEstablishedV4": 2, "numberNotEstablishedV4": 0,
            "numberEstablishedV6": 0, "numberNotEstablishedV6": 0, "peersV4": peers,
        },
        "routes": {"routesV4": [
            {"type": "FIB", "destination": "10.244.0.0/26", "learnedFrom": {"sourceType": "NodeMesh"}},
        ]},
    });
    let metadata = json!({"labels": object["metadata"]["labels"]}).to_string();
    object["metadata"]["labels"] = json!({});
    object["metadata"]["annotations"] = json!({"projectcalico.org/metadata": metadata});
    // The object may be gone by now.
    server.kubectl_reading(&object.to_string(), ["replace", "-f", "-"]);
}

fn start(server: &Cluster, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
        .env_clear()
        .env("KUBECONFIG", &server.kubeconfig)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn wait_for_statuses(server: &Cluster, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while statuses(server).len() != count {
        assert!(Instant::now() < deadline, "{:?}", statuses(server));
        thread::sleep(Duration::from_millis(50));
    }
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &pid]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn every_node_reports_and_nothing_is_left() {
    let Some(server) = with_calico(3) else { return };
    let before = server.calico(["nodes"]).succeeded().stdout;
    assert!(!before.contains("2/2"), "{before}");
    let ran = with_calico_node(&server, &["node-1", "node-2", "node-3"], || {
        server.calico(["nodes", "--probe", "-o", "wide"])
    });
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches(" 2/2 ").count(), 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("node-1(Active)"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("node-1 and node-3; check TCP port 179 between the two"),
        "{}",
        ran.stdout
    );
    assert_eq!(statuses(&server), Vec::<Value>::new());
    let written: BTreeSet<(String, String)> = server
        .received()
        .into_iter()
        .filter(|it| it.agent.starts_with("kubectl-calico/"))
        .filter(|it| !["get", "list", "watch"].contains(&it.verb.as_str()))
        .map(|it| {
            let resource = it.uri.split('/').take(5).collect::<Vec<_>>().join("/");
            (it.verb, resource)
        })
        .collect();
    let path = "/apis/crd.projectcalico.org/v1/caliconodestatuses".to_owned();
    let verbs = ["create", "delete"].map(|verb| (verb.to_owned(), path.clone()));
    assert_eq!(written, BTreeSet::from(verbs));
}

#[test]
fn a_node_that_does_not_report_is_unknown() {
    let Some(server) = with_calico(3) else { return };
    let ran = with_calico_node(&server, &["node-1"], || {
        server.calico(["nodes", "--probe", "node-1", "node-2"])
    });
    assert_eq!(ran.exit, 2, "{}", ran.stdout);
    let last = |node: &str| {
        let line = ran.stdout.lines().find(|line| line.starts_with(node));
        line.unwrap().split_whitespace().last().unwrap().to_owned()
    };
    assert_eq!([last("node-1"), last("node-2")], ["2/2", "<unknown>"]);
    assert!(
        ran.stderr.contains("did not report within 15s on node-2"),
        "{}",
        ran.stderr
    );
    assert_eq!(statuses(&server), Vec::<Value>::new());
}

#[test]
fn a_signal_removes_what_was_created() {
    let Some(server) = with_calico(3) else { return };
    for (name, exit) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let child = start(&server, &["nodes", "--probe"]);
        wait_for_statuses(&server, 3);
        signal(&child, name);
        let ran = Outcome::of(&child.wait_with_output().unwrap());
        assert_eq!(ran.exit, exit, "{}", ran.stderr);
        assert!(ran.stderr.contains("stopped by a signal"), "{}", ran.stderr);
        assert_eq!(statuses(&server), Vec::<Value>::new(), "{name}");
    }
}

/// Also if calico-node has moved their label meanwhile. Those of others stay.
#[test]
fn the_next_run_removes_what_a_killed_one_has_left() {
    let Some(server) = with_calico(3) else { return };
    server.apply(
        r#"{"apiVersion": "crd.projectcalico.org/v1", "kind": "CalicoNodeStatus", "metadata": {"name": "mine"},
            "spec": {"node": "node-1", "classes": ["BGP"], "updatePeriodSeconds": 10}}"#,
    );
    let mut child = start(&server, &["nodes", "--probe"]);
    wait_for_statuses(&server, 4);
    child.kill().unwrap();
    child.wait().unwrap();
    let nodes = ["node-1", "node-2", "node-3"];
    let next = || with_calico_node(&server, &nodes, || server.calico(["nodes", "--probe"]));
    let at_once = next();
    assert!(
        at_once
            .stderr
            .contains("3 CalicoNodeStatuses of another run"),
        "{}",
        at_once.stderr
    );
    assert_eq!(statuses(&server).len(), 4);
    thread::sleep(Duration::from_secs(31));
    let later = next();
    assert!(
        later.stderr.contains("removed 3 CalicoNodeStatuses"),
        "{}",
        later.stderr
    );
    let left = statuses(&server);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["metadata"]["name"], "mine");
}

#[test]
fn permissions() {
    let Some(server) = with_calico(3) else { return };
    server.apply(&server.calico(["rbac"]).stdout);
    server.apply(&server.calico(["rbac", "--probe"]).stdout);
    let bind = |role: &str, user: &str| {
        let (role, user) = (format!("--clusterrole={role}"), format!("--user={user}"));
        server
            .kubectl(["create", "clusterrolebinding", &user[7..], &role, &user])
            .succeeded();
    };
    bind("kubectl-calico", "reader");
    bind("kubectl-calico-probe", "prober");
    let denied = server.calico(["nodes", "--probe", "--as", "reader"]);
    assert_eq!(denied.exit, 2);
    for said in [
        "cannot create resource",
        "kubectl calico rbac --probe | kubectl apply -f -",
        "--clusterrole=kubectl-calico-probe --user=reader",
    ] {
        assert!(denied.stderr.contains(said), "{said}\n{}", denied.stderr);
    }
    assert!(denied.stdout.contains("<unknown>"), "{}", denied.stdout);
    let allowed = with_calico_node(&server, &["node-1", "node-2", "node-3"], || {
        server.calico(["nodes", "--probe", "--as", "prober"])
    });
    assert_eq!((allowed.exit, allowed.stderr.as_str()), (0, ""));
    assert_eq!(statuses(&server), Vec::<Value>::new());
}

/// By a label that is not kept, and one that is.
#[test]
fn the_server_selects_by_labels() {
    let Some(server) = with_calico(3) else { return };
    server
        .kubectl([
            "label",
            "node",
            "node-2",
            "team=blue",
            "topology.kubernetes.io/zone=b",
        ])
        .succeeded();
    for selector in ["team in (blue,red)", "topology.kubernetes.io/zone=b"] {
        let ran = server.calico(["nodes", "-o", "name", "-l", selector]);
        assert_eq!(ran.succeeded().stdout, "node/node-2\n", "{selector}");
    }
}
