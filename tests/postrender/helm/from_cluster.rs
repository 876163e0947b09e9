//! `--from-cluster`: an upgrade with fewer flags keeps the live pools, one that would end a live pool is refused, and
//! so is any run in which the cluster could not be read.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use calico_test_support::charts;
use calico_test_support::documents::pool;
use calico_test_support::helm::{Helm, each_helm};
use serde_json::json;

use super::INSTALLATION;
use super::fake_api::Request;
use super::sandbox::{FILTER, Outcome, Sandbox};
use crate::plans::{self, LIVE, NEW};

each_helm! {
    install_takes_the_plan,
    upgrade_with_fewer_flags_puts_the_live_pool_back,
    upgrade_that_would_change_a_live_pool_is_refused,
    upgrade_of_the_encapsulation_if_allowed,
    unreadable_cluster_is_refused,
    missing_twin_is_refused,
}

/// A filter that was copied away from whatever the build put beside it, with a shell script as its twin.
fn sandbox(helm: Helm, script: Option<&str>) -> Sandbox {
    let sandbox = Sandbox::new(helm);
    let filter = sandbox.path("bin/helm-postrender");
    fs::remove_file(&filter).expect("remove the link");
    fs::copy(FILTER, &filter).expect("copy the filter");
    if let Some(script) = script {
        set_twin(&sandbox, script);
    }
    sandbox
}

fn set_twin(sandbox: &Sandbox, script: &str) {
    let twin = sandbox.path("bin/kubectl-calico");
    fs::write(&twin, format!("#!/bin/sh\n{script}")).expect("write the twin");
    fs::set_permissions(&twin, fs::Permissions::from_mode(0o755)).expect("make it executable");
}

fn release(sandbox: &Sandbox, verb: &str, filter: &[&str]) -> Outcome {
    let filter = [&["--from-cluster"], filter].concat();
    sandbox.release(verb, &charts::own(), &[], Some(&filter))
}

/// A release whose one pool is the live one of the plan.
fn installed(helm: Helm) -> Sandbox {
    let sandbox = sandbox(helm, Some(&plans::answer(NEW)));
    let flags = ["--block-size=26", "--encapsulation=VXLAN"];
    release(&sandbox, "install", &flags).succeeded();
    sandbox.api.forget_requests();
    set_twin(&sandbox, &plans::answer(LIVE));
    sandbox
}

#[track_caller]
fn has(sandbox: &Sandbox, block_size: u8, encapsulation: &str) {
    let installation = sandbox.api.object(INSTALLATION).expect("an Installation");
    let pools = &installation["spec"]["calicoNetwork"]["ipPools"];
    assert_eq!(
        *pools,
        json!([pool("10.244.0.0/16", block_size, encapsulation)])
    );
}

#[track_caller]
fn nothing_was_sent(sandbox: &Sandbox) {
    let lines: Vec<String> = sandbox.api.all_writes().iter().map(Request::line).collect();
    assert_eq!(lines, [""; 0]);
}

/// The whole of what a person reads; every Helm of a major shows the same.
fn shows(sandbox: &Sandbox, name: &str, outcome: &Outcome) {
    let major = if sandbox.helm.is_3() { 3 } else { 4 };
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(format!("{name}_in_helm_{major}"), sandbox.normalise(&outcome.seen()));
    });
}

fn install_takes_the_plan(helm: Helm) {
    let sandbox = sandbox(helm, Some(&plans::answer(NEW)));
    release(&sandbox, "install", &[]).succeeded();
    has(&sandbox, 25, "VXLANCrossSubnet");
}

fn upgrade_with_fewer_flags_puts_the_live_pool_back(helm: Helm) {
    let sandbox = installed(helm);
    release(&sandbox, "upgrade", &[]).succeeded();
    has(&sandbox, 26, "VXLAN");
}

fn upgrade_that_would_change_a_live_pool_is_refused(helm: Helm) {
    let sandbox = installed(helm);
    let outcome = release(&sandbox, "upgrade", &["--block-size=24"]).failed();
    shows(&sandbox, "live_block_size_refused", &outcome);
    for (flag, rule) in [
        ("--cidr=10.9.0.0/16", "[existing-pool-missing]"),
        ("--encapsulation=IPIP", "[existing-pool-encapsulation]"),
    ] {
        let seen = release(&sandbox, "upgrade", &[flag]).failed().seen();
        assert!(seen.contains(rule), "{flag}: {seen}");
    }
    nothing_was_sent(&sandbox);
    has(&sandbox, 26, "VXLAN");
}

fn upgrade_of_the_encapsulation_if_allowed(helm: Helm) {
    let sandbox = installed(helm);
    let flags = [
        "--encapsulation=IPIP",
        "--allow=existing-pool-encapsulation",
    ];
    release(&sandbox, "upgrade", &flags).succeeded();
    has(&sandbox, 26, "IPIP");
}

fn unreadable_cluster_is_refused(helm: Helm) {
    let sandbox = installed(helm);
    set_twin(
        &sandbox,
        "echo 'kubectl-calico: error: nodes is forbidden: User \"dev\" cannot list resource \"nodes\"' >&2\nexit 2\n",
    );
    let outcome = release(&sandbox, "upgrade", &["--context=prod"]).failed();
    shows(&sandbox, "unreadable_cluster", &outcome);
    nothing_was_sent(&sandbox);
    has(&sandbox, 26, "VXLAN");
}

fn missing_twin_is_refused(helm: Helm) {
    let sandbox = sandbox(helm, None);
    for verb in ["template", "install"] {
        let outcome = release(&sandbox, verb, &[]).failed();
        assert!(
            !outcome.stdout.contains("kind: Installation"),
            "{}",
            outcome.stdout
        );
        let seen = outcome.seen();
        let message = "--from-cluster needs kubectl-calico, which is neither next to this program nor on PATH";
        assert!(seen.contains(message), "{seen}");
        assert!(seen.contains("fix: install it, or run"), "{seen}");
    }
    assert_eq!(sandbox.api.object(INSTALLATION), None);
}
