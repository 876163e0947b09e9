//! A real API server accepts the cluster of every case of `status`, and the report on that server is
//! the same as on files.

use std::fs;
use std::path::{Path, PathBuf};

use calico_test_support::cases::cases;
use calico_test_support::clusters::{cluster, is_unreal, manifest};
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use super::load::{Loaded, without_backends};
use super::run::report;
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

#[test]
fn calico_3_28_to_3_31() {
    compare(Crds::V3_28, |minor| minor < 32);
}

#[test]
fn calico_3_32() {
    compare(Crds::V3_32, |minor| minor >= 32);
}

fn compare(crds: Crds, is_of: fn(u32) -> bool) {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(crds);
    server.install_crds(Crds::OpenShift);
    let mut loaded = Loaded::new(&server);
    let mut failures = Vec::new();
    let mut compared = 0;
    for (case, text) in by_base() {
        if !is_of(minor(&text)) || is_unreal(&text) {
            continue;
        }
        let mut objects = without_backends(cluster(&text));
        if minor(&text) >= 32 {
            objects.iter_mut().for_each(default_assignment_mode);
        }
        if !objects.iter().any(|object| object["kind"] == "ServiceCIDR") {
            // Every API server creates one since Kubernetes 1.33.
            objects.push(json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR",
                "metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/12"]},
            }));
        }
        match loaded.replace(&objects) {
            Err(why) => failures.push(format!("{}\nis not accepted: {why}", case.display())),
            Ok(()) if is_complete(&objects) => {
                compared += 1;
                failures.extend(difference(&server, &case, &objects));
            }
            Ok(()) => {}
        }
    }
    assert!(compared > 0, "no cases");
    assert!(
        failures.is_empty(),
        "{} of {compared} cases fail\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// The cases with their clusters. Those with the same base follow each other, so that little is replaced between
/// two of them.
fn by_base() -> Vec<(PathBuf, String)> {
    let mut cases: Vec<(PathBuf, String)> = cases("status", "cluster.yaml")
        .into_iter()
        .map(|case| {
            let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
            (case, text)
        })
        .collect();
    cases.sort_by_cached_key(|(_, text)| {
        let of_base = |line: &&str| line.starts_with("base:") || line.starts_with("calico:");
        let mut base: Vec<&str> = text.lines().filter(of_base).collect();
        base.sort_unstable();
        base.join("\n")
    });
    cases
}

/// Sets what Calico's definition of IPPool fills in since 3.32, and the file of a case may omit.
fn default_assignment_mode(object: &mut Value) {
    if object["kind"] == "IPPool" && object["spec"]["assignmentMode"].is_null() {
        object["spec"]["assignmentMode"] = json!("Automatic");
    }
}

/// MINOR of the case's `calico: v3.MINOR.PATCH`.
fn minor(text: &str) -> u32 {
    text.lines()
        .find_map(|line| line.strip_prefix("calico: v3."))
        .and_then(|rest| rest.split('.').next())
        .map_or(32, |minor| minor.parse().unwrap())
}

/// Whether the files have the whole cluster, all of which could be read. An administrator of this
/// server can read everything.
fn is_complete(objects: &[Value]) -> bool {
    objects.iter().any(|object| {
        object["kind"] == "Snapshot"
            && ["forbidden", "failed", "notServed"]
                .iter()
                .all(|key| object[*key].is_null())
    })
}

fn difference(server: &Cluster, case: &Path, objects: &[Value]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    fs::write(&file, manifest(objects)).unwrap();
    let file = file.to_str().unwrap();
    // There is no kubelet that would send a log.
    let from_files = server.calico(["status", "--no-logs", "-o", "json", "-f", file]);
    let live = server.calico(["status", "--no-logs", "-o", "json"]);
    let same = report(&from_files) == report(&live) && from_files.exit == live.exit;
    (!same).then(|| format!("{}\n{}", case.display(), diff(&from_files, &live)))
}

/// The lines that differ, and the exit codes.
fn diff(files: &Outcome, live: &Outcome) -> String {
    let lines = |ran: &Outcome| {
        let report = serde_json::to_string_pretty(&report(ran)).unwrap();
        report.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (files_lines, live_lines) = (lines(files), lines(live));
    let only = |sign: &str, these: &[String], those: &[String]| {
        these
            .iter()
            .filter(|line| !those.contains(line))
            .map(|line| format!("{sign}{line}"))
            .collect::<Vec<_>>()
    };
    let mut shown = vec![format!(
        "exit {} from files, {} live",
        files.exit, live.exit
    )];
    shown.extend(only("- ", &files_lines, &live_lines));
    shown.extend(only("+ ", &live_lines, &files_lines));
    shown.join("\n")
}
