//! Helm does not store the post-renderer in the release: an upgrade without it removes the values.
//!
//! The filter does not run then, so it cannot refuse anything. docs/helm.md warns of it, and recommends a values file.

use calico_test_support::charts;
use calico_test_support::helm::{Helm, each_helm};
use serde_json::{Value, json};

use super::INSTALLATION;
use super::sandbox::Sandbox;

const VALUES: &[&str] = &[
    "--cidr=172.16.0.0/16",
    "--block-size=24",
    "--encapsulation=IPIP",
];

each_helm! { upgrade_without_the_filter_removes_the_pools, upgrade_with_a_values_file_keeps_the_pools }

fn upgrade_without_the_filter_removes_the_pools(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    sandbox
        .release("install", &charts::own(), &[], Some(VALUES))
        .succeeded();
    sandbox.api.forget_requests();
    sandbox
        .release("upgrade", &charts::own(), &[], None)
        .succeeded();

    let sent = sandbox.api.writes_to(INSTALLATION);
    let [patch] = sent.as_slice() else {
        panic!("not one request for the Installation: {sent:#?}")
    };
    assert_eq!(patch.method, "PATCH");
    if helm.is_3() {
        assert_eq!(patch.content_type, "application/merge-patch+json");
        // The difference between two manifests, whatever the operator has written since. Helm's own labels and
        // annotations are in neither manifest, so they are sent again.
        let annotations = json!({
            "meta.helm.sh/release-name": "calico",
            "meta.helm.sh/release-namespace": "tigera-operator",
        });
        let metadata =
            json!({"annotations": annotations, "labels": {"app.kubernetes.io/managed-by": "Helm"}});
        assert_eq!(
            patch.body,
            json!({"metadata": metadata, "spec": {"calicoNetwork": null}})
        );
    } else {
        // Server-side apply: the API server removes the fields that this field manager no longer sends.
        assert_eq!(patch.content_type, "application/apply-patch+yaml");
        assert_eq!(patch.body["spec"]["calicoNetwork"], Value::Null);
        assert!(patch.query.contains("fieldManager=helm"), "{}", patch.query);
    }
}

/// The same pools in a values file are part of the release.
fn upgrade_with_a_values_file_keeps_the_pools(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let values = sandbox.path("values.yaml");
    let pools = json!([{"cidr": "172.16.0.0/16", "blockSize": 24, "encapsulation": "IPIP"}]);
    let content = json!({"installation": {"calicoNetwork": {"ipPools": pools}}});
    std::fs::write(&values, content.to_string()).expect("write the values");
    let options = ["--values", values.to_str().expect("a UTF-8 path")];
    sandbox
        .release("install", &charts::own(), &options, None)
        .succeeded();
    sandbox.api.forget_requests();
    sandbox
        .release("upgrade", &charts::own(), &["--reuse-values"], None)
        .succeeded();

    for request in sandbox.api.writes_to(INSTALLATION) {
        // Helm 3 sends the difference between the manifests, which is empty; Helm 4 sends the whole manifest.
        let expected = if helm.is_3() {
            json!(null)
        } else {
            pools.clone()
        };
        assert_eq!(
            request.body["spec"]["calicoNetwork"]["ipPools"], expected,
            "{request:#?}"
        );
    }
    let installation = sandbox.api.object(INSTALLATION).expect("an Installation");
    assert_eq!(installation["spec"]["calicoNetwork"]["ipPools"], pools);
}
