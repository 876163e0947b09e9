//! The server does what that of a cluster does, without controllers.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api_server::Cluster;

/// The output of kubectl as JSON.
#[track_caller]
fn json(cluster: &Cluster, arguments: &[&str]) -> Value {
    let arguments = arguments.iter().chain(&["--output=json"]);
    let outcome = cluster.kubectl(arguments).succeeded();
    serde_json::from_str(&outcome.stdout).expect("JSON")
}

#[test]
fn it_has_the_version_that_was_built() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let version = json(cluster, &["version"])["serverVersion"].clone();
    let text = |name: &str| version[name].as_str().expect("a string").to_owned();
    let git_version = text("gitVersion");
    let minor = format!("v{}.{}.", text("major"), text("minor"));
    assert!(git_version.starts_with(&minor), "{version}");
    assert!(!version.to_string().contains("$Format"), "{version}");

    let module = include_str!("../../kubernetes/go.mod");
    if cluster.apiserver.to_string_lossy().contains("/kubernetes-") {
        assert!(
            module.contains(&format!("\tk8s.io/kubernetes {git_version}\n")),
            "tests/kubernetes builds another version than {git_version}"
        );
    }
}

#[test]
fn nodes_and_pods_stay_as_they_were_written() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    cluster.apply(
        r#"
apiVersion: v1
kind: Node
metadata: {name: worker-1}
spec: {podCIDR: 10.244.1.0/24}
status:
  addresses: [{type: InternalIP, address: 10.0.0.1}]
  conditions:
    - type: Ready
      status: "True"
      reason: KubeletReady
      lastHeartbeatTime: 2024-05-01T00:00:00Z
      lastTransitionTime: 2024-05-01T00:00:00Z
---
apiVersion: v1
kind: Pod
metadata: {name: typha, namespace: kube-system}
spec: {nodeName: worker-1, containers: [{name: typha, image: calico/typha}]}
status: {phase: Running, podIP: 10.244.1.7}
"#,
    );
    let node = json(cluster, &["get", "node", "worker-1"]);
    assert_eq!(node["spec"]["podCIDR"], "10.244.1.0/24");
    assert_eq!(node["status"]["conditions"][0]["status"], "True");
    let pod = json(cluster, &["get", "pod", "typha", "--namespace=kube-system"]);
    assert_eq!(pod["status"]["podIP"], "10.244.1.7");

    // No controller marks the node as NotReady, and applying the rest again keeps the status.
    cluster.apply(
        r#"
apiVersion: v1
kind: Node
metadata: {name: worker-1, labels: {zone: a}}
spec: {podCIDR: 10.244.1.0/24}
"#,
    );
    let node = json(cluster, &["get", "node", "worker-1"]);
    assert_eq!(node["metadata"]["labels"]["zone"], "a");
    assert_eq!(node["status"]["conditions"][0]["status"], "True");
}

#[test]
fn every_request_is_logged_before_the_response() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let sent = |agent: &str| {
        cluster
            .received()
            .iter()
            .filter(|request| request.agent.starts_with(agent))
            .map(|request| format!("{} {}", request.verb, request.uri))
            .collect::<Vec<_>>()
    };
    // kubectl itself requests other paths, for discovery, but none of these.
    cluster.kubectl(["get", "--raw", "/api/v1/nodes?limit=77"]);
    cluster.kubectl(["get", "--raw", "/apis/no.such.group/v1"]);
    cluster.kubectl(["create", "namespace", "audited"]);
    let lines = sent("kubectl/");
    for line in [
        "list /api/v1/nodes?limit=77",
        "get /apis/no.such.group/v1",
        "create /api/v1/namespaces?fieldManager=kubectl-create&fieldValidation=Strict",
    ] {
        let times = lines.iter().filter(|found| *found == line).count();
        assert_eq!(times, 1, "{line} in {lines:#?}");
    }
    let foreign: Vec<_> = cluster
        .received()
        .into_iter()
        .filter(|request| request.user == "system:apiserver" || request.uri == "/readyz")
        .collect();
    assert_eq!(foreign, []);
}

#[test]
fn a_service_account_may_do_what_its_roles_allow() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    cluster.apply(
        r#"
{apiVersion: v1, kind: ServiceAccount, metadata: {name: viewer, namespace: default}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: sees-nodes}
rules: [{apiGroups: [""], resources: [nodes], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: sees-nodes}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: sees-nodes}
subjects: [{kind: ServiceAccount, name: viewer, namespace: default}]
"#,
    );
    let token = cluster.kubectl(["create", "token", "viewer"]).succeeded();
    let token = format!("--token={}", token.stdout.trim());
    // A new role takes effect after a moment.
    let deadline = Instant::now() + Duration::from_secs(10);
    let allowed = ["auth", "can-i", "list", "nodes", "--quiet"];
    while !cluster
        .kubectl(allowed.iter().chain(&[&*token]))
        .is_success()
    {
        assert!(Instant::now() < deadline, "the role has not taken effect");
    }
    cluster.kubectl(["get", "nodes", &token]).succeeded();
    let refused = cluster.kubectl(["get", "pods", &token]).failed().stderr;
    assert!(
        refused
            .contains(r#"User "system:serviceaccount:default:viewer" cannot list resource "pods""#),
        "{refused}"
    );
}

/// As if Calico's API server were registered but not running.
#[test]
fn an_aggregated_api_may_be_unavailable() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    cluster.apply(
        r"
apiVersion: v1
kind: Service
metadata: {name: calico-api, namespace: default}
spec: {type: ExternalName, externalName: localhost}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v3.projectcalico.org}
spec:
  group: projectcalico.org
  version: v3
  groupPriorityMinimum: 1500
  versionPriority: 200
  insecureSkipTLSVerify: true
  service: {name: calico-api, namespace: default, port: 1}
",
    );
    let available = "--for=jsonpath={.status.conditions[0].reason}=FailedDiscoveryCheck";
    let service = "apiservice/v3.projectcalico.org";
    cluster
        .kubectl(["wait", service, available, "--timeout=30s"])
        .succeeded();
    let answer = cluster
        .kubectl(["get", "--raw", "/apis/projectcalico.org/v3/ippools"])
        .failed();
    assert!(
        answer.stderr.contains("unable to handle the request"),
        "{}",
        answer.stderr
    );
}
