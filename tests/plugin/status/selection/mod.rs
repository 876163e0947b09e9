//! Which findings are shown, and count: with manifests laid over a cluster, since an earlier report, and
//! without those that are ignored.

mod baseline;
mod formats;
mod ignores;
mod pools;

use std::fs;
use std::path::Path;

use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::outcome::Outcome;
use serde_json::Value;

use crate::run::plugin;

const HEALTHY: &str = "base: helm\n";

const OUTSIDE: &str = "\
base: calico.yaml
---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: default-ipv4-ippool}
spec: {cidr: 192.168.0.0/16}
";

/// A folder with `cluster.yaml`.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cluster.yaml"), manifest(&cluster(text))).unwrap();
    folder
}

fn status(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut plugin = plugin();
    plugin
        .current_dir(folder)
        .args(["status", "-f", "cluster.yaml"])
        .args(arguments);
    Outcome::run(&mut plugin)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let outcome = status(folder, &[arguments, &["-o", "json"]].concat());
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.output()))
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| it["code"].as_str().unwrap()).collect()
}
