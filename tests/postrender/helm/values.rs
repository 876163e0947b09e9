//! The three values end up in the Installation, in every command of Helm, and nothing else changes.

use std::collections::BTreeMap;

use calico_test_support::charts;
use calico_test_support::documents::{only, parse, pool, with_pools};
use calico_test_support::helm::{Helm, each_helm, each_helm_4};
use serde_json::{Value, json};

use super::INSTALLATION;
use super::fake_api::Request;
use super::sandbox::{Outcome, Sandbox};

const VALUES: &[&str] = &[
    "--cidr=172.16.0.0/16",
    "--block-size=24",
    "--encapsulation=IPIP",
];

each_helm! {
    template_sets_the_values,
    template_keeps_every_line_and_comment,
    template_adds_one_pool_per_family,
    template_of_one_file,
    install_sends_the_values,
    upgrade_sends_new_values,
    uninstall_deletes_the_installation_and_runs_the_hook,
}

mod only_4 {
    use super::*;
    each_helm_4! { template_keeps_hooks }
}

fn pools() -> Value {
    json!([pool("172.16.0.0/16", 24, "IPIP")])
}

fn template(sandbox: &Sandbox, options: &[&str], filter: Option<&[&str]>) -> Outcome {
    sandbox
        .release("template", &charts::own(), options, filter)
        .succeeded()
}

fn template_sets_the_values(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for chart in charts::all() {
        let plain = sandbox.release("template", &chart, &[], None).succeeded();
        let filtered = sandbox
            .release("template", &chart, &[], Some(VALUES))
            .succeeded();
        let expected = with_pools(&parse(&plain.stdout), &pools());
        assert_eq!(
            parse(&filtered.stdout),
            expected,
            "the documents of {}",
            chart.display()
        );
    }
    assert!(
        sandbox.api.all_writes().is_empty(),
        "template sends nothing"
    );
}

/// Helm 3 prints the filter's bytes, so every other line is unchanged. Helm 4 serializes the manifests again, which
/// indents list items differently but keeps comments.
fn template_keeps_every_line_and_comment(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let plain = template(&sandbox, &[], None).stdout;
    let filtered = template(&sandbox, &[], Some(VALUES)).stdout;
    let comparable = |line: &str| {
        if helm.is_3() {
            Some(line.to_owned())
        } else {
            let line = line.trim_start();
            line.starts_with('#').then(|| line.to_owned())
        }
    };
    let mut lines = filtered.lines().filter_map(comparable);
    for line in plain.lines().filter_map(comparable) {
        assert!(
            lines.any(|found| found == line),
            "{line:?} is missing or moved in:\n{filtered}"
        );
    }
}

fn template_adds_one_pool_per_family(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let filter = [
        "--cidr=172.16.0.0/16,fd00:10::/56",
        "--block-size=24,120",
        "--encapsulation=VXLANCrossSubnet",
    ];
    let documents = parse(&template(&sandbox, &[], Some(&filter)).stdout);
    let expected = json!([
        pool("172.16.0.0/16", 24, "VXLANCrossSubnet"),
        pool("fd00:10::/56", 120, "VXLANCrossSubnet"),
    ]);
    assert_eq!(
        only(&documents, "Installation")["spec"]["calicoNetwork"]["ipPools"],
        expected
    );
}

/// Helm 3 selects the output of a template by its `# Source:` comment, Helm 4 by an annotation: the filter keeps both.
fn template_of_one_file(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let shown = template(
        &sandbox,
        &["-s", "templates/crs/custom-resources.yaml"],
        Some(VALUES),
    )
    .stdout;
    assert!(
        shown.contains("# Source: tigera-operator/templates/crs/custom-resources.yaml"),
        "{shown}"
    );
    let documents = parse(&shown);
    let kinds: Vec<_> = documents.iter().map(|document| &document["kind"]).collect();
    assert_eq!(kinds, ["APIServer", "Installation"]);
    assert_eq!(
        only(&documents, "Installation")["spec"]["calicoNetwork"]["ipPools"],
        pools()
    );
}

/// Helm 4 passes hooks to the post-renderer, too.
fn template_keeps_hooks(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let documents = parse(&template(&sandbox, &[], Some(VALUES)).stdout);
    let hook = only(&documents, "Job");
    assert_eq!(
        hook["metadata"]["annotations"]["helm.sh/hook"],
        "pre-delete"
    );
}

fn install_sends_the_values(helm: Helm) {
    for chart in charts::all() {
        let [plain, filtered] = [None, Some(VALUES)].map(|filter| {
            let sandbox = Sandbox::new(helm);
            sandbox.release("install", &chart, &[], filter).succeeded();
            sandbox
        });
        let mut expected = sent(&plain);
        for body in expected.values_mut() {
            if body["kind"] == "Installation" {
                body["spec"]["calicoNetwork"]["ipPools"] = pools();
            }
        }
        assert_eq!(
            sent(&filtered),
            expected,
            "what Helm sends for {}",
            chart.display()
        );
        let installation = filtered.api.object(INSTALLATION).expect("an Installation");
        assert_eq!(
            installation["spec"]["calicoNetwork"]["ipPools"],
            pools(),
            "{}",
            chart.display()
        );
    }
}

/// The bodies of all writes, by method, path and name: Helm sends objects of one kind in no particular order.
fn sent(sandbox: &Sandbox) -> BTreeMap<(String, String), Value> {
    sandbox
        .api
        .writes()
        .into_iter()
        .map(|request| {
            let name = request.body["metadata"]["name"].to_string();
            ((request.line(), name), request.body)
        })
        .collect()
}

fn upgrade_sends_new_values(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    sandbox
        .release("install", &charts::own(), &[], Some(VALUES))
        .succeeded();
    sandbox.api.forget_requests();
    let filter = [
        "--cidr=10.48.0.0/16",
        "--block-size=26",
        "--encapsulation=VXLAN",
    ];
    sandbox
        .release("upgrade", &charts::own(), &[], Some(&filter))
        .succeeded();
    let installation = sandbox.api.object(INSTALLATION).expect("an Installation");
    assert_eq!(
        installation["spec"]["calicoNetwork"]["ipPools"],
        json!([pool("10.48.0.0/16", 26, "VXLAN")])
    );
    assert_eq!(
        installation["spec"]["controlPlaneReplicas"], 2,
        "the chart's own values are kept"
    );
    let methods: Vec<_> = sandbox
        .api
        .writes()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert!(
        methods.iter().all(|method| method == "PATCH"),
        "an upgrade only patches: {methods:?}"
    );
}

fn uninstall_deletes_the_installation_and_runs_the_hook(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    sandbox
        .release("install", &charts::own(), &[], Some(VALUES))
        .succeeded();
    sandbox
        .run(["uninstall", "calico", "--namespace", "tigera-operator"])
        .succeeded();
    assert_eq!(sandbox.api.object(INSTALLATION), None);
    let job = "/apis/batch/v1/namespaces/tigera-operator/jobs/tigera-operator-uninstall";
    let lines: Vec<_> = sandbox
        .api
        .writes_to(job)
        .iter()
        .map(Request::line)
        .collect();
    assert_eq!(
        lines.len(),
        2,
        "the hook's Job is created and deleted: {lines:?}"
    );
}
