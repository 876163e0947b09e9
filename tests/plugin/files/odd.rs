//! Manifests that are odd but mean something, and documents that cannot mean what they say.

use std::fs;

use calico_test_support::clusters::{cluster, manifest};

use crate::run::plugin;

/// What `status --with` of a manifest prints.
fn run(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let objects = manifest(&cluster("base: helm\n"));
    fs::write(folder.path().join("cluster.yaml"), objects).unwrap();
    fs::write(folder.path().join("odd.yaml"), text).unwrap();
    let output = plugin()
        .current_dir(folder.path())
        .args(["status", "-f", "cluster.yaml", "--with", "odd.yaml"])
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const POOL: &str = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: odd}\n\
                    spec: {cidr: 172.29.0.1/16}\n";

#[test]
fn what_kubectl_reads_is_read() {
    let json = r#"{"apiVersion":"projectcalico.org/v3","kind":"IPPool","metadata":{"name":"odd"},"spec":{"cidr":"172.29.0.1/16"}}"#;
    let typed = r#"{"kind":"IPPoolList","apiVersion":"projectcalico.org/v3","items":[{"metadata":{"name":"odd"},"spec":{"cidr":"172.29.0.1/16"}}]}"#;
    for text in [
        POOL.replace('\n', "\r\n"),
        format!("\u{feff}{POOL}"),
        format!("null\n---\n{POOL}"),
        POOL.replace("name: odd", "name: odd, namespace: kube-system"),
        POOL.replace("name: odd", "name: odd, labels: {a: null}"),
        POOL.replace(
            "spec: {cidr: 172.29.0.1/16}",
            "spec: {<<: {cidr: 172.29.0.1/16}, natOutgoing: true}",
        ),
        format!("{json}\n{json}\n"),
        typed.to_owned(),
    ] {
        let printed = run(&text);
        assert!(printed.contains("CAL122"), "{text}\n{printed}");
    }
}

#[test]
fn what_no_server_accepts_is_named() {
    for (text, why) in [
        (
            POOL.replace("/v3", "/v4"),
            "no kind IPPool in projectcalico.org/v4",
        ),
        (POOL.replace("IPPool", "ippool"), "write kind IPPool"),
        (POOL.replace("IPPool", "IPPoool"), "write kind IPPool"),
        (
            POOL.replace("name:", "generateName:"),
            "metadata.name is missing",
        ),
        (format!("{POOL}sops: {{mac: x}}\n"), "encrypted with SOPS"),
        ("resources:\n- a.yaml\n".to_owned(), "kubectl kustomize"),
        ("installation: {}\n".to_owned(), "helm template"),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n".to_owned(),
            "is not rendered",
        ),
    ] {
        let printed = run(&text);
        assert!(printed.contains(why), "{text}\n{printed}");
    }
}
