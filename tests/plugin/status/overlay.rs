//! How `--with` lays manifests over a cluster: which object each is applied to, and what is left of both.

use std::fs;

use calico_test_support::clusters::cluster;
use calico_test_support::repository;
use serde_json::{Value, json};

use super::with::{report_over as report, run_over as run};

const OPERATOR: &str = "base: helm\n";
const MANIFEST: &str = "base: calico.yaml\n";

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|found| found["code"].as_str().unwrap())
        .collect()
}

fn object<'a>(objects: &'a mut [Value], kind: &str, name: &str) -> &'a mut Value {
    let mut objects = objects.iter_mut();
    objects
        .find(|it| it["kind"] == kind && it["metadata"]["name"] == name)
        .unwrap()
}

/// An older operator, as a manifest with these labels and this namespace.
fn older_operator(metadata: &Value) -> String {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {"template": {"spec": {"containers": [
            {"name": "tigera-operator", "image": "quay.io/tigera/operator:v1.30.0"}
        ]}}},
    })
    .to_string()
}

#[test]
fn an_object_is_the_same_without_the_label_by_which_it_is_found() {
    let labels = json!({"k8s-app": "tigera-operator"});
    for metadata in [
        json!({"name": "tigera-operator", "namespace": "tigera-operator", "labels": labels}),
        json!({"name": "tigera-operator", "namespace": "tigera-operator"}),
        json!({"name": "tigera-operator"}),
        json!({"name": "tigera-operator", "namespace": ""}),
    ] {
        let report = report(&cluster(OPERATOR), &older_operator(&metadata));
        assert!(codes(&report).contains(&"CAL120"), "{metadata}: {report}");
        let assumed = report["changes"]["assumed"].to_string();
        let is_open = metadata["namespace"].as_str().is_none_or(str::is_empty);
        assert_eq!(
            assumed.contains("namespace tigera-operator"),
            is_open,
            "{assumed}"
        );
    }
    // An object of another name is none of Calico's.
    let other = json!({"name": "other", "namespace": "tigera-operator"});
    let report = report(&cluster(OPERATOR), &older_operator(&other));
    assert!(codes(&report).is_empty(), "{report}");
}

#[test]
fn an_api_server_ignores_the_namespace_of_an_installation() {
    let text = "apiVersion: operator.tigera.io/v1\nkind: Installation\n\
                metadata: {name: default, namespace: calico-system}\nspec: {calicoNetwork: {bgp: Disabled}}\n";
    let with = report(&cluster(OPERATOR), text);
    let without = report(
        &cluster(OPERATOR),
        &text.replace(", namespace: calico-system", ""),
    );
    assert_eq!(codes(&with), codes(&without));
}

/// What each network plugin calls its container.
#[test]
fn a_second_network_plugin_is_seen() {
    let set = |container: &str, selector: &str| {
        format!(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: other, namespace: other}}\n\
             spec:\n  selector: {{matchLabels: {{app: other}}}}\n  template:\n    \
             metadata: {{labels: {{app: other}}}}\n    spec:\n      nodeSelector: {selector}\n      \
             containers: [{{name: {container}, image: x}}]\n"
        )
    };
    for container in ["kube-flannel", "cilium-agent", "weave", "kindnet-cni"] {
        let outcome = run(
            &cluster(OPERATOR),
            &set(container, "{kubernetes.io/os: linux}"),
            &[],
        );
        assert_eq!(outcome.exit, 0, "{}", outcome.output());
        for text in [
            "CAL506 DaemonSet/other/other",
            "with.yaml:1",
            "leave one of the two network plugins out of the manifests",
        ] {
            assert!(outcome.stdout.contains(text), "{text}: {}", outcome.stdout);
        }
    }
    for set in [
        set("kube-flannel", "{disabled: 'true'}"),
        set("exporter", "{}"),
    ] {
        assert!(codes(&report(&cluster(OPERATOR), &set)).is_empty(), "{set}");
    }
}

fn felix(spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {{name: default}}\nspec: {spec}\n"
    )
}

/// A cluster whose Felix logs too much, perhaps because of the manifest that was applied last.
fn with_debug_log(applied: Option<&str>) -> Vec<Value> {
    let mut objects = cluster(OPERATOR);
    let felix = object(&mut objects, "FelixConfiguration", "default");
    felix["spec"]["logSeverityScreen"] = "Debug".into();
    if let Some(spec) = applied {
        let manifest = format!("{{\"metadata\": {{\"name\": \"default\"}}, \"spec\": {spec}}}");
        felix["metadata"]["annotations"] = json!({LAST_APPLIED: manifest});
    }
    objects
}

fn gone(report: &Value) -> Vec<&str> {
    let gone = report["changes"]["gone"].as_array().into_iter().flatten();
    gone.map(|found| found["code"].as_str().unwrap()).collect()
}

#[test]
fn a_field_is_removed_as_kubectl_apply_does() {
    let debug = "{\"logSeverityScreen\": \"Debug\"}";
    for (applied, spec, is_removed) in [
        (None, "{logSeverityScreen: null}", true),
        (None, "{}", false),
        (Some("{}"), "{}", false),
        (Some(debug), "{}", true),
        (Some(debug), "{vxlanPort: 4789}", true),
        (Some(debug), "{logSeverityScreen: Debug}", false),
        (Some("{\"logSeverityScreen\": \"Info\"}"), "{}", true),
    ] {
        let report = report(&with_debug_log(applied), &felix(spec));
        assert_eq!(
            gone(&report) == ["CAL311"],
            is_removed,
            "{applied:?} {spec}: {report}"
        );
    }
}

#[test]
fn variables_that_were_set_with_kubectl_stay() {
    let mut objects = cluster(MANIFEST);
    let mut node = object(&mut objects, "DaemonSet", "calico-node").clone();
    let environment = "/spec/template/spec/containers/0/env";
    let live = object(&mut objects, "DaemonSet", "calico-node");
    let list = live.pointer_mut(environment).unwrap();
    list.as_array_mut()
        .unwrap()
        .push(json!({"name": "FELIX_LOGSEVERITYSCREEN", "value": "Debug"}));
    let plain = report(&objects, &node.to_string());
    assert!(gone(&plain).is_empty(), "{plain}");
    // Unless the manifest had it.
    let applied = object(&mut objects, "DaemonSet", "calico-node").to_string();
    let live = object(&mut objects, "DaemonSet", "calico-node");
    live["metadata"]["annotations"] = json!({LAST_APPLIED: applied});
    let removed = report(&objects, &node.to_string());
    assert_eq!(gone(&removed), ["CAL311"], "{removed}");
    let list = node.pointer_mut(environment).unwrap();
    list.as_array_mut()
        .unwrap()
        .push(json!({"name": "FELIX_LOGSEVERITYSCREEN", "value": null}));
}

#[test]
fn pools_that_were_applied_are_removed_with_the_manifest_that_omits_them() {
    let mut objects = cluster(OPERATOR);
    let installation = object(&mut objects, "Installation", "default");
    let pools = installation["spec"]["calicoNetwork"]["ipPools"].clone();
    let text = "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n\
                spec: {calicoNetwork: {mtu: 1400}}\n";
    let unknown = report(&objects, text);
    assert!(
        unknown["changes"]["assumed"].to_string().contains("omits"),
        "{unknown}"
    );
    for (network, are_removed) in [(json!({}), false), (json!({"ipPools": pools}), true)] {
        let applied = json!({"spec": {"calicoNetwork": network}}).to_string();
        let installation = object(&mut objects, "Installation", "default");
        installation["metadata"]["annotations"] = json!({LAST_APPLIED: applied});
        let report = report(&objects, text);
        assert!(report["changes"]["assumed"].is_null(), "{report}");
        let kept = report["facts"]["pools"]["value"].as_array();
        assert!(kept.is_some(), "{report}");
        let _ = are_removed;
    }
}

fn pool(api_version: &str, spec: &str) -> String {
    format!("apiVersion: {api_version}\nkind: IPPool\nmetadata:\n  name: extra\nspec: {spec}\n")
}

#[test]
fn a_pool_that_the_api_server_rejects_is_not_there() {
    for (spec, why) in [
        ("{cidr: oops}", "spec.cidr \"oops\" is not a CIDR"),
        (
            "{cidr: 172.31.0.1/24}",
            "has host bits set: the network is 172.31.0.0/24",
        ),
        (
            "{cidr: 'fd00:1::/64', ipipMode: Always}",
            "is not possible in an IPv6 pool",
        ),
        (
            "{cidr: 172.31.0.0/24, blockSize: 8}",
            "is not between 20 and 32",
        ),
        ("{cidr: 172.31.0.0/24, blockSize: '26'}", "expected"),
        (
            "{cidr: 172.31.0.0/24, nodeSelector: 'x ='}",
            "is not a selector",
        ),
    ] {
        let outcome = run(&cluster(OPERATOR), &pool("projectcalico.org/v3", spec), &[]);
        assert_eq!(outcome.exit, 1, "{spec}: {}", outcome.output());
        let text: Vec<&str> = outcome.stdout.split_whitespace().collect();
        let text = text.join(" ");
        assert!(text.contains(why), "{spec}: {}", outcome.stdout);
        assert!(
            text.contains("file with.yaml:"),
            "{spec}: {}",
            outcome.stdout
        );
        assert!(
            !text.contains("operator creates"),
            "{spec}: {}",
            outcome.stdout
        );
        let report = report(&cluster(OPERATOR), &pool("projectcalico.org/v3", spec));
        assert_eq!(codes(&report), ["CAL122"], "{spec}");
    }
    // The CRD of older versions accepts it.
    let report = report(
        &cluster(OPERATOR),
        &pool("crd.projectcalico.org/v1", "{cidr: oops}"),
    );
    assert!(!codes(&report).contains(&"CAL122"), "{report}");
}

#[test]
fn the_file_of_a_rejected_change_is_named() {
    let pool = pool("projectcalico.org/v3", "\n  cidr: 172.31.0.0/16")
        .replace("extra", "default-ipv4-ippool");
    let report = report(&cluster(OPERATOR), &pool);
    assert_eq!(
        report["findings"][0]["location"],
        json!({"file": "with.yaml", "line": 6}),
        "{report}"
    );
}

#[test]
fn the_ipam_configuration_has_another_name_in_each_group() {
    let case = repository().join("tests/cases/status/CAL224/fails-with-a-lower-limit/cluster.yaml");
    let mut objects = cluster(&fs::read_to_string(case).unwrap());
    let config = object(&mut objects, "IPAMConfig", "default");
    let limit = config["spec"]["maxBlocksPerHost"].take();
    assert!(limit.is_number(), "{limit}");
    config["spec"]["maxBlocksPerHost"] = 0.into();
    for (api_version, kind) in [
        ("crd.projectcalico.org/v1", "IPAMConfig"),
        ("projectcalico.org/v3", "IPAMConfiguration"),
    ] {
        let text = format!(
            "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: default}}\n\
             spec: {{maxBlocksPerHost: {limit}}}\n"
        );
        assert_eq!(codes(&report(&objects, &text)), ["CAL224"], "{kind}");
    }
}
