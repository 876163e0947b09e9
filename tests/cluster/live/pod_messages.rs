//! What pods say, on a real API server. It has no kubelets, so no log can be read there; events can.

use std::collections::BTreeSet;

use calico_test_support::clusters::cluster;
use calico_test_support::outcome::Outcome;
use serde_json::Value;

use super::load::{Loaded, without_backends};
use super::run::report;
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// A pod that waits for its network, and a calico-node that crashes.
const BROKEN: &str = r#"
base: helm
---
kind: Pod
metadata: {name: calico-node-2, namespace: calico-system}
status:
  conditions: [{type: Ready, status: "False", reason: ContainersNotReady}]
  containerStatuses:
    - name: calico-node
      image: quay.io/calico/node:v3.32.1
      imageID: ""
      ready: false
      restartCount: 8
      state: {waiting: {reason: CrashLoopBackOff}}
      lastState: {terminated: {exitCode: 1, reason: Error}}
---
apiVersion: v1
kind: Pod
metadata: {name: coredns-1, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {nodeName: node-1, containers: [{name: coredns, image: "registry.k8s.io/coredns/coredns:v1.12.1"}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: "False", reason: ContainersNotReady}]
  containerStatuses:
    - name: coredns
      image: registry.k8s.io/coredns/coredns:v1.12.1
      imageID: ""
      ready: false
      restartCount: 0
      state: {waiting: {reason: ContainerCreating}}
---
apiVersion: v1
kind: Event
metadata: {name: coredns-1.1, namespace: kube-system}
involvedObject: {kind: Pod, namespace: kube-system, name: coredns-1}
type: Warning
reason: FailedCreatePodSandBox
message: 'plugin type="calico" failed (add): Calico is currently not ready to process requests'
lastTimestamp: "2026-01-01T00:00:00Z"
---
apiVersion: v1
kind: Event
metadata: {name: other.1, namespace: kube-system}
involvedObject: {kind: Pod, namespace: kube-system, name: other}
type: Warning
reason: FailedCreatePodSandBox
message: of no interest
lastTimestamp: "2026-01-01T00:00:00Z"
"#;

fn of_code<'a>(report: &'a Value, code: &str) -> &'a Value {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|found| found["code"] == code).unwrap()
}

fn codes(report: &Value) -> BTreeSet<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|found| found["code"].as_str().unwrap())
        .collect()
}

fn evidence(finding: &Value) -> String {
    let evidence = finding["evidence"].as_array().unwrap().iter();
    evidence
        .map(|it| format!("{} = {}\n", it["field"], it["value"]))
        .collect()
}

/// The requests for events and logs in the verbose output.
fn requests(ran: &Outcome) -> Vec<&str> {
    let lines = ran.stderr.lines();
    lines
        .filter(|line| line.contains("/events?") || line.contains("/log?"))
        .collect()
}

#[test]
fn events_are_read_and_a_log_that_no_kubelet_sends_is_not() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::Own);
    let mut loaded = Loaded::new(&server);
    let healthy = without_backends(cluster("base: helm\n"));
    loaded.replace(&healthy).unwrap();
    let ran = server.calico(["status", "--verbose"]);
    assert_eq!(requests(&ran), [""; 0], "a healthy cluster is not asked");

    loaded.replace(&without_backends(cluster(BROKEN))).unwrap();
    let ran = server.calico(["status", "-o", "json", "--verbose"]);
    let asked = requests(&ran);
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked.iter().any(|line| line.contains("previous=true")));
    let whole = report(&ran);
    let waiting = of_code(&whole, "CAL504");
    let message = waiting["message"].as_str().unwrap();
    assert!(message.contains("datastore is locked"), "{message}");
    assert!(!ran.stdout.contains("of no interest"));
    let crash = evidence(of_code(&whole, "CAL502"));
    assert!(crash.contains("previous log of calico-node"), "{crash}");
    let why = "not read: the server responded with 500 Internal Server Error";
    assert!(crash.contains(why), "{crash}");

    // A snapshot holds them, and replays the same report.
    let snapshot = server.calico(["snapshot"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.yaml");
    std::fs::write(&file, &snapshot.stdout).unwrap();
    let replayed = server.calico(["status", "-o", "json", "-f", file.to_str().unwrap()]);
    assert_eq!(report(&replayed), whole);
    assert_eq!(replayed.exit, ran.exit);

    // Without them, the same checks fail, and nothing is requested. How bad a waiting pod is, only its events tell.
    let without = server.calico(["status", "--no-logs", "-o", "json", "--verbose"]);
    assert_eq!(requests(&without), [""; 0]);
    assert_eq!(without.exit, ran.exit);
    assert_eq!(codes(&report(&without)), codes(&whole));
    let snapshot = server.calico(["snapshot", "--no-logs"]).stdout;
    assert!(!snapshot.contains("PodLog") && !snapshot.contains("FailedCreatePodSandBox"));
}
