//! The three values reach the Installation, by every way that Helm takes, and nothing else changes.

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
    template_keeps_what_selects_a_file,
    install_sends_the_values_and_nothing_else_differs,
    upgrade_sends_new_values,
    uninstall_deletes_everything,
}

mod only_4 {
    use super::*;
    each_helm_4! { template_keeps_hooks }
}

fn wanted() -> Value {
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
        let expected = with_pools(&parse(&plain.stdout), &wanted());
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

/// Helm 3 prints the filter's bytes, so there all the old lines are still there, in order; Helm 4 serialises the
/// manifests anew and moves the list items, but keeps comments.
fn template_keeps_every_line_and_comment(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let plain = template(&sandbox, &[], None).stdout;
    let filtered = template(&sandbox, &[], Some(VALUES)).stdout;
    fn comparable(helm: Helm, line: &str) -> &str {
        if helm.is_3() { line } else { line.trim_start() }
    }
    let mut lines = filtered.lines().map(|line| comparable(helm, line));
    for line in plain
        .lines()
        .map(|line| comparable(helm, line))
        .filter(|line| helm.is_3() || line.starts_with('#'))
    {
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
    let pools = json!([
        pool("172.16.0.0/16", 24, "VXLANCrossSubnet"),
        pool("fd00:10::/56", 120, "VXLANCrossSubnet"),
    ]);
    assert_eq!(
        only(&documents, "Installation")["spec"]["calicoNetwork"]["ipPools"],
        pools
    );
}

/// Helm 3 finds a template's output by `# Source:`, Helm 4 by an annotation; both must come back from the filter.
fn template_keeps_what_selects_a_file(helm: Helm) {
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
        wanted()
    );
}

/// Helm 4 sends hooks through the post-renderer too.
fn template_keeps_hooks(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let documents = parse(&template(&sandbox, &[], Some(VALUES)).stdout);
    let hook = only(&documents, "Job");
    assert_eq!(
        hook["metadata"]["annotations"]["helm.sh/hook"],
        "pre-delete"
    );
}

fn install_sends_the_values_and_nothing_else_differs(helm: Helm) {
    for chart in charts::all() {
        let [plain, filtered] = [None, Some(VALUES)].map(|filter| {
            let sandbox = Sandbox::new(helm);
            sandbox.release("install", &chart, &[], filter).succeeded();
            sandbox
        });
        let mut expected = sent(&plain);
        for body in expected
            .values_mut()
            .filter(|body| body["kind"] == "Installation")
        {
            body["spec"]["calicoNetwork"]["ipPools"] = wanted();
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
            wanted(),
            "{}",
            chart.display()
        );
    }
}

/// The bodies of all writes by method, path and name; Helm sends resources of one kind in no fixed order.
fn sent(sandbox: &Sandbox) -> BTreeMap<(String, String), Value> {
    let writes = sandbox.api.writes().into_iter();
    let key = |request: &Request| (request.line(), request.body["metadata"]["name"].to_string());
    writes
        .map(|request| (key(&request), request.body))
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
        "the chart's own values stay"
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

fn uninstall_deletes_everything(helm: Helm) {
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
