//! `--from-cluster`: an upgrade with fewer flags keeps the existing pools. An upgrade that would replace one is refused,
//! and so is any run that cannot read the cluster.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use calico_test_support::charts;
use calico_test_support::documents::pool;
use calico_test_support::helm::{Helm, each_helm, lay_out_plugin};
use serde_json::json;

use super::INSTALLATION;
use super::fake_api::Request;
use super::sandbox::{FILTER, Outcome, Sandbox};
use crate::plans::{self, EXISTING, NEW};
use calico_test_support::snapshot::assert_snapshot;

each_helm! {
    install_takes_the_plan,
    upgrade_with_fewer_flags_keeps_the_existing_pool,
    upgrade_that_would_change_an_existing_pool_is_refused,
    upgrade_of_the_encapsulation_is_possible_with_allow,
    unreadable_cluster_is_refused,
    missing_kubectl_calico_is_refused,
}

/// A filter with a shell script as kubectl-calico. It is a copy, because the build may have put the real kubectl-calico
/// next to the real filter.
fn sandbox(helm: Helm, script: Option<&str>) -> Sandbox {
    let sandbox = Sandbox::new(helm);
    let filter = sandbox.path("bin/helm-postrender");
    fs::remove_file(&filter).expect("remove the link");
    fs::copy(FILTER, &filter).expect("copy the filter");
    if !helm.is_3() {
        let plugin = sandbox.path("data/plugins/helm-postrender");
        fs::remove_dir_all(&plugin).expect("remove the plugin");
        lay_out_plugin(&plugin, &filter);
    }
    if let Some(script) = script {
        set_kubectl_calico(&sandbox, script);
    }
    sandbox
}

fn set_kubectl_calico(sandbox: &Sandbox, script: &str) {
    let file = sandbox.path("bin/kubectl-calico");
    fs::write(&file, format!("#!/bin/sh\n{script}")).expect("write the script");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("make it executable");
}

fn release(sandbox: &Sandbox, command: &str, filter: &[&str]) -> Outcome {
    let filter = [&["--from-cluster"], filter].concat();
    sandbox.release(command, &charts::own(), &[], Some(&filter))
}

/// A release whose only pool is the existing one of the plan.
fn installed(helm: Helm) -> Sandbox {
    let sandbox = sandbox(helm, Some(&plans::print(NEW)));
    let flags = ["--block-size=26", "--encapsulation=VXLAN"];
    release(&sandbox, "install", &flags).succeeded();
    sandbox.api.forget_requests();
    set_kubectl_calico(&sandbox, &plans::print(EXISTING));
    sandbox
}

#[track_caller]
fn assert_pool(sandbox: &Sandbox, block_size: u8, encapsulation: &str) {
    let installation = sandbox.api.object(INSTALLATION).expect("an Installation");
    let pools = &installation["spec"]["calicoNetwork"]["ipPools"];
    assert_eq!(
        *pools,
        json!([pool("10.244.0.0/16", block_size, encapsulation)])
    );
}

#[track_caller]
fn assert_nothing_sent(sandbox: &Sandbox) {
    let lines: Vec<String> = sandbox.api.all_writes().iter().map(Request::line).collect();
    assert_eq!(lines, [""; 0]);
}

/// All that the user sees. Every release of a major version of Helm shows the same.
fn assert_shown(sandbox: &Sandbox, name: &str, outcome: &Outcome) {
    let major = if sandbox.helm.is_3() { 3 } else { 4 };
    assert_snapshot(
        &format!("{name}_in_helm_{major}"),
        &sandbox.normalize(&outcome.output()),
    );
}

fn install_takes_the_plan(helm: Helm) {
    let sandbox = sandbox(helm, Some(&plans::print(NEW)));
    release(&sandbox, "install", &[]).succeeded();
    assert_pool(&sandbox, 25, "VXLANCrossSubnet");
}

fn upgrade_with_fewer_flags_keeps_the_existing_pool(helm: Helm) {
    let sandbox = installed(helm);
    release(&sandbox, "upgrade", &[]).succeeded();
    assert_pool(&sandbox, 26, "VXLAN");
}

fn upgrade_that_would_change_an_existing_pool_is_refused(helm: Helm) {
    let sandbox = installed(helm);
    let outcome = release(&sandbox, "upgrade", &["--block-size=24"]).failed();
    assert_shown(&sandbox, "live_block_size_refused", &outcome);
    for (flag, rule) in [
        ("--cidr=10.9.0.0/16", "[existing-pool-missing]"),
        ("--encapsulation=IPIP", "[existing-pool-encapsulation]"),
    ] {
        let output = release(&sandbox, "upgrade", &[flag]).failed().output();
        assert!(output.contains(rule), "{flag}: {output}");
    }
    assert_nothing_sent(&sandbox);
    assert_pool(&sandbox, 26, "VXLAN");
}

fn upgrade_of_the_encapsulation_is_possible_with_allow(helm: Helm) {
    let sandbox = installed(helm);
    let flags = [
        "--encapsulation=IPIP",
        "--allow=existing-pool-encapsulation",
    ];
    release(&sandbox, "upgrade", &flags).succeeded();
    assert_pool(&sandbox, 26, "IPIP");
}

fn unreadable_cluster_is_refused(helm: Helm) {
    let sandbox = installed(helm);
    set_kubectl_calico(
        &sandbox,
        "echo 'kubectl-calico: error: nodes is forbidden: User \"dev\" cannot list resource \"nodes\"' >&2\nexit 2\n",
    );
    let outcome = release(&sandbox, "upgrade", &["--context=prod"]).failed();
    assert_shown(&sandbox, "unreadable_cluster", &outcome);
    assert_nothing_sent(&sandbox);
    assert_pool(&sandbox, 26, "VXLAN");
}

fn missing_kubectl_calico_is_refused(helm: Helm) {
    let sandbox = sandbox(helm, None);
    for command in ["template", "install"] {
        let outcome = release(&sandbox, command, &[]).failed();
        assert!(
            !outcome.stdout.contains("kind: Installation"),
            "{}",
            outcome.stdout
        );
        let output = outcome.output();
        let message = "--from-cluster needs kubectl-calico, which is neither next to this program nor on PATH";
        assert!(output.contains(message), "{output}");
        assert!(output.contains("fix: install it, or run"), "{output}");
    }
    assert_eq!(sandbox.api.object(INSTALLATION), None);
}
