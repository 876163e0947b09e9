//! What a tool has collected: the archive of `calicoctl cluster diags`, and folders of folders.

use std::fs;
use std::path::Path;

use calico_test_support::clusters::cluster;
use calico_test_support::outcome::Outcome;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::run::plugin;

/// The files of an archive: a list of each kind, which the objects carry a uid in, and what else is there.
fn files() -> Vec<(String, String)> {
    let mut files = vec![
        (
            "diags/cluster/version.yaml".to_owned(),
            "serverVersion: {gitVersion: v1.34.2}".to_owned(),
        ),
        (
            "diags/cluster/nodes.txt".to_owned(),
            "NAME STATUS".to_owned(),
        ),
        (
            "diags/cluster/ipreservations.crd.projectcalico.org.yaml".to_owned(),
            "{apiVersion: v1, kind: List, items: []}".to_owned(),
        ),
        (
            "diags/nodes/node-1/bpf/routes.json".to_owned(),
            "[1, 2]".to_owned(),
        ),
    ];
    let objects: Vec<Value> = cluster("base: calico.yaml\nheader: null\n");
    for (number, mut object) in objects.into_iter().enumerate() {
        object["metadata"]["uid"] = number.to_string().into();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": [object]});
        files.push((format!("diags/cluster/{number}.yaml"), list.to_string()));
    }
    files
}

fn status(folder: &Path, file: &str) -> Outcome {
    let output = plugin()
        .current_dir(folder)
        .args(["status", "-f", file, "-o", "json"])
        .output()
        .unwrap();
    Outcome::of(&output)
}

fn check(outcome: &Outcome) {
    assert_eq!(outcome.stderr, "");
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["basis"]["kind"], "cluster");
    assert_eq!(
        report["facts"]["cluster"]["origin"]["kubernetes"], "v1.34.2",
        "{}",
        report["facts"]["cluster"]
    );
    assert_eq!(
        report["facts"]["install"]["method"]["value"]["kind"],
        "manifest"
    );
    let not_read = report["notRead"].to_string();
    assert!(!not_read.contains("IPReservation"), "{not_read}");
}

#[test]
fn the_archive_of_calicoctl() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("diags.tar.gz")).unwrap();
    let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    for (path, text) in files() {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
    check(&status(folder.path(), "diags.tar.gz"));
}

#[test]
fn a_folder_of_folders() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files() {
        let path = folder.path().join("gathered").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    check(&status(folder.path(), "gathered"));
}

#[test]
fn an_archive_that_is_cut_off_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("diags.tar.gz"), [0x1f, 0x8b, 8, 0]).unwrap();
    let outcome = status(folder.path(), "diags.tar.gz");
    assert_eq!(outcome.exit, 2);
    assert!(
        outcome.stderr.contains("cannot read diags.tar.gz"),
        "{}",
        outcome.stderr
    );
}
