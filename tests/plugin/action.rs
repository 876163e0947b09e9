//! The action that checks rendered manifests in a pull request: its script, as GitHub runs it.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use calico_test_support::filter::filter;
use calico_test_support::repository;

/// A cluster whose existing pool is 192.168.0.0/16, which the operator does not own.
const CLUSTER: &str = "docs/example-cluster.yaml";

const INSTALLATION: &str =
    "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata:\n  name: default\nspec:\n";

/// Runs the script in a folder with these files, which are the manifests too.
fn check(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-calico"));
    for program in [plugin, filter()] {
        let link = programs.join(program.file_name().unwrap());
        std::os::unix::fs::symlink(program, link).unwrap();
    }
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(repository().join(".github/actions/check-manifests/check"))
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .envs([("MANIFESTS", "**/*.yaml"), ("PLAN", ""), ("SNAPSHOT", "")])
        .envs(variables.iter().copied())
        .output()
        .expect("the script starts");
    let text = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
    (status.code(), text.concat())
}

fn with_pool(pool: &str) -> String {
    format!("{INSTALLATION}  calicoNetwork:\n    ipPools:\n    - {pool}\n")
}

#[test]
fn manifests_that_the_cluster_needs_pass() {
    let snapshot = repository().join(CLUSTER);
    let source = ("SNAPSHOT", snapshot.to_str().unwrap());
    let manifest = format!("{INSTALLATION}  variant: Calico\n");
    let (code, output) = check(&[("a b/calico.yaml", &manifest)], &[source]);
    assert_eq!(code, Some(0), "{output}");
}

#[test]
fn a_refusal_and_a_change_are_annotations() {
    let plan = "apiVersion: kubectl-calico/v1alpha1\nkind: ClusterPlan\ncomplete: true\npools:\n- cidr: 10.244.0.0/16\n  blockSize: 24\n  encapsulation: VXLAN\n";
    let refused = with_pool("cidr: 10.244.0.1/16");
    let changed = with_pool("cidr: 10.244.0.0/16");
    let files = [
        ("plan.txt", plan),
        ("refused.yaml", &refused),
        ("changed.yaml", &changed),
    ];
    let source = ("PLAN", "plan.txt");

    let (code, output) = check(&files, &[source]);
    assert_eq!(code, Some(2), "{output}");
    assert!(
        output.contains("::error file=refused.yaml,line=8::helm-postrender: error: "),
        "{output}"
    );

    let (code, output) = check(&files, &[source, ("MANIFESTS", "changed.yaml")]);
    assert_eq!(code, Some(1), "{output}");
    assert!(
        output.contains("::error file=changed.yaml::") && output.contains("blockSize: 24"),
        "{output}"
    );
    let annotations = output.lines().filter(|line| line.starts_with("::error"));
    assert_eq!(annotations.count(), 1, "{output}");
}

#[test]
fn nothing_to_check_or_no_plan_is_an_error() {
    let (code, output) = check(&[], &[("PLAN", "plan.txt"), ("MANIFESTS", "none/*.yaml")]);
    assert_eq!(code, Some(2), "{output}");
    assert!(
        output.contains("::error::no file matches: none/*.yaml"),
        "{output}"
    );

    let (code, output) = check(&[], &[("SNAPSHOT", "none.yaml")]);
    assert_eq!(code, Some(2), "{output}");
    assert!(output.contains("::error::there is no plan"), "{output}");
}
