//! A value that the operator would reject: Helm fails with the reason, and nothing in the cluster changes.

use calico_test_support::charts;
use calico_test_support::documents::pool;
use calico_test_support::helm::{Helm, each_helm};

use super::INSTALLATION;
use super::fake_api::{FakeApi, Request};
use super::sandbox::{Outcome, Sandbox};
use calico_test_support::snapshot::assert_snapshot;

/// Arguments, and what the message must contain. The last three are usage errors.
const REFUSED: &[(&[&str], &str)] = &[
    (&["--cidr=172.16.0.1/16"], "172.16.0.1/16"),
    (&["--cidr=172.16.0.0/16", "--block-size=12"], "12"),
    (
        &["--cidr=172.16.0.0/16", "--encapsulation=VXLANCrosSubnet"],
        "VXLANCrossSubnet",
    ),
    (&["--cidr=banana"], "banana"),
    (&["--cidr"], "--cidr"),
    (&["--no-such-option"], "--no-such-option"),
];

const GOOD: &[&str] = &[
    "--cidr=10.48.0.0/16",
    "--block-size=24",
    "--encapsulation=VXLAN",
];

each_helm! {
    template_is_refused,
    install_is_refused,
    upgrade_is_refused,
    message_is_readable,
    a_check_is_no_release,
}

/// Helm failed and showed the filter's message.
#[track_caller]
fn assert_shown(outcome: Outcome, needle: &str) {
    let output = outcome.failed().output();
    let message = output
        .split_once("helm-postrender: error: ")
        .unwrap_or_else(|| panic!("no message of the filter in:\n{output}"))
        .1;
    assert!(
        message.contains(needle),
        "{needle:?} is missing in:\n{output}"
    );
}

/// Helm sent nothing, not even a record of the release, except the chart's `crds/`, which it applies before it renders.
#[track_caller]
fn assert_nothing_sent(api: &FakeApi) {
    let is_crd =
        |line: &String| line.contains(" /apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    let lines: Vec<_> = api
        .all_writes()
        .iter()
        .map(Request::line)
        .filter(|line| !is_crd(line))
        .collect();
    assert_eq!(lines, [""; 0]);
}

fn template_is_refused(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for (filter, needle) in REFUSED {
        let outcome = sandbox.release("template", &charts::own(), &[], Some(filter));
        assert!(
            !outcome.stdout.contains("kind: Installation"),
            "{filter:?} printed manifests:\n{}",
            outcome.stdout
        );
        assert_shown(outcome, needle);
    }
    assert_nothing_sent(&sandbox.api);
}

fn install_is_refused(helm: Helm) {
    for chart in charts::all() {
        let sandbox = Sandbox::new(helm);
        for (filter, needle) in REFUSED {
            assert_shown(
                sandbox.release("install", &chart, &[], Some(filter)),
                needle,
            );
        }
        assert_nothing_sent(&sandbox.api);
        assert_eq!(sandbox.api.object(INSTALLATION), None);
    }
}

fn upgrade_is_refused(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    sandbox
        .release("install", &charts::own(), &[], Some(GOOD))
        .succeeded();
    sandbox.api.forget_requests();
    for (filter, needle) in REFUSED {
        assert_shown(
            sandbox.release("upgrade", &charts::own(), &[], Some(filter)),
            needle,
        );
    }
    assert_nothing_sent(&sandbox.api);
    let installation = sandbox.api.object(INSTALLATION).expect("the Installation");
    assert_eq!(
        installation["spec"]["calicoNetwork"]["ipPools"][0],
        pool("10.48.0.0/16", 24, "VXLAN")
    );
}

/// All that the user sees. Every release of a major version of Helm shows the same.
fn message_is_readable(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let outcome = sandbox
        .release(
            "install",
            &charts::own(),
            &[],
            Some(&["--cidr=172.16.0.1/16"]),
        )
        .failed();
    let name = if helm.is_3() {
        "refused_in_helm_3"
    } else {
        "refused_in_helm_4"
    };
    assert_snapshot(name, &sandbox.normalize(&outcome.output()));
}

/// `--check` writes no stream. Helm must not take that for a release without manifests.
fn a_check_is_no_release(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let check = ["--check", "--cidr=10.244.0.0/16"];
    let pools = "installation.calicoNetwork.ipPools[0].cidr=10.244.0.0/16";
    for set in [&["--set", pools][..], &[]] {
        let outcome = sandbox.release("install", &charts::own(), set, Some(&check));
        let message = outcome.failed().output();
        assert!(message.contains("INSTALLATION FAILED"), "{message}");
    }
    assert_nothing_sent(&sandbox.api);
}
