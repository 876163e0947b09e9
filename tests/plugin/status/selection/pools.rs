//! An Installation with other pools, laid over a healthy cluster.

use std::fs;

use calico_test_support::clusters::cluster;
use serde_json::Value;

use super::{HEALTHY, codes, folder, json, status};

/// The Installation of the base `helm`, with another list of pools.
fn installation(pools: &str) -> String {
    format!(
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {{name: default}}\n\
         spec: {{calicoNetwork: {{ipPools: {pools}}}}}\n"
    )
}

/// The report on a healthy cluster with an Installation that lists these pools.
fn with_pools(pools: &str) -> (Value, i32) {
    let folder = folder(HEALTHY);
    fs::write(folder.path().join("with.yaml"), installation(pools)).unwrap();
    let exit = status(folder.path(), &["--with", "with.yaml"]).exit;
    (json(folder.path(), &["--with", "with.yaml"]), exit)
}

/// The pool of the base, as the Installation lists it.
fn pool() -> Value {
    let objects = cluster(HEALTHY);
    let installation = objects.iter().find(|it| it["kind"] == "Installation");
    installation.unwrap()["spec"]["calicoNetwork"]["ipPools"][0].clone()
}

#[test]
fn the_same_pools_change_nothing() {
    let (report, exit) = with_pools(&format!("[{}]", pool()));
    assert_eq!((codes(&report), exit), (vec![], 0));
    assert!(
        report["changes"]["operator"].is_null(),
        "{}",
        report["changes"]
    );
}

#[test]
fn the_operator_changes_the_encapsulation_of_its_pool() {
    let mut pool = pool();
    let before = pool["encapsulation"].take();
    let other = if before == "IPIP" { "VXLAN" } else { "IPIP" };
    pool["encapsulation"] = other.into();
    let (report, exit) = with_pools(&format!("[{pool}]"));
    assert_eq!((codes(&report), exit), (vec![], 0), "{before}");
    let operator = report["changes"]["operator"][0].as_str().unwrap();
    assert!(operator.starts_with("changes IPPool/default-ipv4-ippool: encapsulation from "));
    assert!(
        report["changes"]["ports"].is_string(),
        "{}",
        report["changes"]
    );
}

#[test]
fn a_pool_outside_the_pod_cidr_would_be_found() {
    let (report, exit) = with_pools(&format!(
        "[{}, {{cidr: 172.30.0.0/16, encapsulation: VXLAN}}]",
        pool()
    ));
    assert_eq!((codes(&report), exit), (vec!["CAL201"], 1));
    let fix = &report["findings"][0]["fix"];
    assert_eq!(
        fix[0]["what"],
        "give the pool a CIDR inside 10.244.0.0/16 in the manifest of the Installation"
    );
    assert!(fix[0]["commands"].is_null());
}

#[test]
fn the_operator_would_delete_a_pool_that_is_no_longer_listed() {
    let (report, exit) = with_pools("[]");
    assert_eq!((codes(&report)[0], exit), ("CAL208", 1));
    assert_eq!(
        report["changes"]["operator"][0],
        "deletes IPPool/default-ipv4-ippool"
    );
}

#[test]
fn a_manifest_without_pools_keeps_them_and_says_so() {
    let folder = folder(HEALTHY);
    let text = "{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}, spec: {}}";
    fs::write(folder.path().join("with.yaml"), text).unwrap();
    let outcome = status(folder.path(), &["--with", "with.yaml"]);
    assert_eq!(outcome.exit, 0, "{}", outcome.output());
    let said = outcome.stdout.replace('\n', " ");
    assert!(
        said.contains("Installation/default keeps spec.calicoNetwork.ipPools"),
        "{said}"
    );
}
