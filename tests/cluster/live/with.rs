//! `status --with` on an API server: the output of `helm-postrender`, before it is applied.

use calico_test_support::clusters::Base;
use calico_test_support::filter::filtered;
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use super::load::{Loaded, without_backends};
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// The Installation as a chart renders it, with other values from the filter.
fn rendered(installation: &Value, arguments: &[&str]) -> String {
    let manifest = json!({
        "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
        "metadata": {"name": "default"}, "spec": installation["spec"],
    });
    let output = filtered(arguments, &manifest.to_string());
    let outcome = Outcome::of(&output);
    assert_eq!(outcome.exit, 0, "{}", outcome.stderr);
    outcome.stdout
}

#[test]
fn what_the_filter_writes_is_judged_before_it_is_applied() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::V3_32);
    let objects = without_backends(Base::new("helm", "v3.32.1", 3).objects());
    Loaded::new(&server).replace(&objects).unwrap();
    let installation = objects
        .iter()
        .find(|it| it["kind"] == "Installation")
        .unwrap();
    let with = ["status", "--with", "-", "-o", "json"];

    let same = server.calico_reading(&rendered(installation, &["--encapsulation", "IPIP"]), with);
    let report: Value = serde_json::from_str(&same.stdout).unwrap();
    assert!(report["changes"]["operator"].is_null(), "{}", same.output());

    let vxlan = rendered(installation, &["--encapsulation", "VXLAN"]);
    let other = server.calico_reading(&vxlan, with);
    let report: Value = serde_json::from_str(&other.stdout).unwrap();
    let operator = report["changes"]["operator"][0]
        .as_str()
        .unwrap_or_default();
    assert!(
        operator
            .starts_with("changes IPPool/default-ipv4-ippool: encapsulation from IPIP to VXLAN"),
        "{}",
        other.output()
    );
    assert_eq!(
        (other.exit, &report["findings"]),
        (0, &json!([])),
        "{}",
        other.output()
    );
    // The server stores it, which judging it has not done.
    let encapsulation = |server: &Cluster| {
        let path = "jsonpath={.spec.calicoNetwork.ipPools[0].encapsulation}";
        let get = [
            "get",
            "installations.operator.tigera.io",
            "default",
            "-o",
            path,
        ];
        server.kubectl(get).succeeded().stdout.clone()
    };
    let before = encapsulation(&server);
    server.apply(&vxlan);
    assert_eq!(
        (before.as_str(), encapsulation(&server).as_str()),
        ("IPIP", "VXLAN")
    );

    // What the server would reject.
    let wrong = vxlan.replace("VXLAN", "Vxlan");
    let rejected = server.calico_reading(&wrong, with);
    let report: Value = serde_json::from_str(&rejected.stdout).unwrap();
    assert_eq!(
        report["findings"][0]["code"],
        "CAL110",
        "{}",
        rejected.output()
    );
    let applied = server.kubectl_reading(
        &wrong,
        ["apply", "--server-side", "--force-conflicts", "-f", "-"],
    );
    assert!(
        applied.stderr.contains("Unsupported value"),
        "{}",
        applied.output()
    );
}
