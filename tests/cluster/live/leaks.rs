//! Addresses of pods that do not have them, on a real API server: lists of metadata alone, and field
//! selectors.

use calico_test_support::clusters::cluster;
use serde_json::Value;

use super::load::{Loaded, without_backends};
use super::run::report;
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// A block with an address for each pod below, and for two that do not exist.
const LEAKS: &str = r#"
base: calico.yaml
---
apiVersion: crd.projectcalico.org/v1
kind: IPAMBlock
metadata: {name: 10-244-5-0-29}
spec:
  affinity: host:node-1
  allocations: [0, 1, 2, 3, 4, 5, null, null]
  attributes:
    - {handle_id: live, secondary: {namespace: default, node: node-1, pod: live, timestamp: "2026-01-01 00:00:00.5 +0000 UTC"}}
    - {handle_id: gone, secondary: {namespace: default, node: node-1, pod: gone, timestamp: "2026-01-01 00:00:00.5 +0000 UTC"}}
    - {handle_id: job, secondary: {namespace: default, node: node-1, pod: job, timestamp: "2026-01-01 00:00:00.5 +0000 UTC"}}
    - {handle_id: web, secondary: {namespace: default, node: node-1, pod: web-0, timestamp: "2026-01-01 00:00:00.5 +0000 UTC"}}
    - {handle_id: new, secondary: {namespace: default, node: node-1, pod: new, timestamp: "2026-01-01 00:00:00.5 +0000 UTC"}}
    - {handle_id: young, secondary: {namespace: default, node: node-1, pod: young, timestamp: "2999-01-01 00:00:00.5 +0000 UTC"}}
  cidr: 10.244.5.0/29
  strictAffinity: false
  unallocated: [6, 7]
---
apiVersion: v1
kind: Pod
metadata: {name: live, namespace: default, annotations: {cni.projectcalico.org/podIPs: 10.244.5.0/32}}
spec: {nodeName: node-1, containers: [{name: c, image: "registry.example/c:1"}]}
status: {phase: Running, podIP: 10.244.5.0, podIPs: [{ip: 10.244.5.0}]}
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: default, annotations: {cni.projectcalico.org/podIPs: 10.244.5.2/32}}
spec: {nodeName: node-1, containers: [{name: c, image: "registry.example/c:1"}]}
status: {phase: Succeeded, podIP: 10.244.5.2, podIPs: [{ip: 10.244.5.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: default, annotations: {cni.projectcalico.org/podIPs: 10.244.6.9/32}}
spec: {nodeName: node-2, containers: [{name: c, image: "registry.example/c:1"}]}
status: {phase: Running, podIP: 10.244.6.9, podIPs: [{ip: 10.244.6.9}]}
---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: default}
spec: {nodeName: node-1, containers: [{name: c, image: "registry.example/c:1"}]}
status: {phase: Pending}
"#;

fn leaks(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let found = findings.filter(|found| found["code"] == "CAL226");
    found
        .flat_map(|found| found["evidence"].as_array().unwrap())
        .map(|evidence| {
            let text = |key: &str| evidence[key].as_str().unwrap().to_owned();
            format!("{}: {}", text("field"), text("value"))
        })
        .collect()
}

#[test]
fn leaked_addresses_are_found_and_live_ones_are_not() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::Own);
    let mut loaded = Loaded::new(&server);
    loaded.replace(&without_backends(cluster(LEAKS))).unwrap();

    let ran = server.calico(["status", "--pods", "-o", "json", "--verbose"]);
    let whole = report(&ran);
    let expected = [
        "addresses of pods that are gone: 10.244.5.1 (default/gone on node-1)",
        "addresses of finished pods: 10.244.5.2 (default/job on node-1)",
        "addresses of pods on another node: 10.244.5.3 (default/web-0 on node-1)",
    ];
    assert_eq!(leaks(&whole), expected, "{}", ran.stderr);
    let reads_one = "/api/v1/namespaces/default/pods?limit=250&fieldSelector=metadata.name%3Dweb-0";
    assert!(ran.stderr.contains(reads_one), "{}", ran.stderr);

    // A snapshot holds these addresses and no other pod, and replays the same report.
    let snapshot = server.calico(["snapshot", "--pods"]).stdout;
    assert!(!snapshot.contains("\"live\""), "{snapshot}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.yaml");
    std::fs::write(&file, &snapshot).unwrap();
    let replayed = server.calico(["status", "-o", "json", "-f", file.to_str().unwrap()]);
    assert_eq!(report(&replayed), whole);

    // Without the flag, no pod is listed, and the check is not counted.
    let without = server.calico(["status", "-o", "json", "--verbose"]);
    assert!(
        !without.stderr.contains("/api/v1/pods?limit=250 "),
        "{}",
        without.stderr
    );
    assert_eq!(
        report(&without)["notRequested"],
        serde_json::json!(["CAL226"])
    );
    assert_eq!(leaks(&report(&without)), [""; 0]);

    // Without permission, the check is skipped.
    let nobody = server.calico(["status", "--pods", "-o", "json", "--as", "nobody"]);
    let report_of_nobody = report(&nobody);
    let mut rows = report_of_nobody["notRead"].as_array().unwrap().iter();
    let row = rows.find(|row| row["object"]["kind"] == "PodAddress");
    let row = row.unwrap_or_else(|| panic!("{}", nobody.stdout));
    assert!(row["codes"].to_string().contains("CAL226"), "{row}");

    // Once they are released, nothing is left to report.
    let released = LEAKS.replace(
        "[0, 1, 2, 3, 4, 5, null, null]",
        "[0, null, null, null, 4, null, null, null]",
    );
    loaded
        .replace(&without_backends(cluster(&released)))
        .unwrap();
    let ran = server.calico(["status", "--pods", "-o", "json"]);
    assert_eq!(leaks(&report(&ran)), [""; 0]);
    assert_eq!(report(&ran)["notRequested"], Value::Null);
}
