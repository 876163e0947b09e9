//! `status --with`: what manifests would change, and that what is wrong with them is fixed in them.

use std::fs;

use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::outcome::Outcome;
use serde_json::Value;

use crate::run::plugin;

const HEALTHY: &str = "base: helm\n";

/// `status` of a cluster, with these manifests laid over it.
fn run(base: &str, manifests: &str, arguments: &[&str]) -> Outcome {
    run_over(&cluster(base), manifests, arguments)
}

pub(super) fn run_over(objects: &[Value], manifests: &str, arguments: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cluster.yaml"), manifest(objects)).unwrap();
    fs::write(folder.path().join("with.yaml"), manifests).unwrap();
    let output = plugin()
        .current_dir(folder.path())
        .args(["status", "-f", "cluster.yaml", "--with", "with.yaml"])
        .args(arguments)
        .output()
        .unwrap();
    Outcome::of(&output)
}

fn report(base: &str, manifests: &str) -> Value {
    report_over(&cluster(base), manifests)
}

pub(super) fn report_over(objects: &[Value], manifests: &str) -> Value {
    let outcome = run_over(objects, manifests, &["-o", "json"]);
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.output()))
}

fn pool(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    )
}

fn installation(spec: &str) -> String {
    format!(
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {{name: default}}\nspec: {spec}\n"
    )
}

/// Code, subject and fix of each finding.
fn findings(report: &Value) -> Vec<(&str, &str, Vec<&str>)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|found| {
            let steps = found["fix"].as_array().unwrap();
            for step in steps {
                let commands = step["commands"].as_array().into_iter().flatten();
                for command in commands {
                    let command = command.as_str().unwrap();
                    assert!(command.starts_with("kubectl calico "), "{command}");
                }
            }
            let steps = steps.iter().map(|step| step["what"].as_str().unwrap());
            let text = |key: &str| found[key].as_str().unwrap();
            (text("code"), text("subject"), steps.collect())
        })
        .collect()
}

/// The CIDR of the only pool of the base.
fn cidr() -> String {
    let objects = cluster(HEALTHY);
    let pool = objects.iter().find(|it| it["kind"] == "IPPool").unwrap();
    pool["spec"]["cidr"].as_str().unwrap().to_owned()
}

#[test]
fn an_immutable_field_of_a_pool_stays_as_it_is() {
    for (field, spec) in [
        (
            "spec.cidr",
            "{cidr: 172.31.0.0/16, vxlanMode: Always}".to_owned(),
        ),
        (
            "spec.blockSize",
            format!("{{cidr: {}, blockSize: 24}}", cidr()),
        ),
    ] {
        let report = report(HEALTHY, &pool("default-ipv4-ippool", &spec));
        let found = findings(&report);
        assert_eq!(found.len(), 1, "{found:?}");
        let (code, subject, fix) = &found[0];
        assert_eq!((*code, *subject), ("CAL119", "IPPool/default-ipv4-ippool"));
        assert!(
            fix[0]
                .starts_with("leave IPPool/default-ipv4-ippool out of the manifests, or set its "),
            "{fix:?}"
        );
        assert!(fix[0].contains(field), "{fix:?}");
        assert!(report["changes"]["operator"].is_null(), "{report}");
    }
}

#[test]
fn the_same_pool_in_another_notation_is_no_change() {
    let same = format!("{{cidr: {}, blockSize: 26}}", cidr());
    let report = report(HEALTHY, &pool("default-ipv4-ippool", &same));
    assert_eq!(findings(&report), []);
}

#[test]
fn a_new_pool_is_changed_where_it_is_defined() {
    let cidr = cidr();
    let part = cidr.replace("/16", "/24");
    assert_ne!(cidr, part);
    let spec = format!("{{cidr: {part}, vxlanMode: Always, natOutgoing: true}}");
    let pool = pool("extra", &spec).replace("projectcalico.org/v3", "crd.projectcalico.org/v1");
    let report = report(HEALTHY, &pool);
    let found = findings(&report);
    let overlap = found.iter().find(|(code, ..)| *code == "CAL204").unwrap();
    assert_eq!(
        overlap.2,
        ["change spec.cidr in the manifest of IPPool/extra, or leave it out"]
    );
}

#[test]
fn a_first_install_is_a_proposal() {
    let spec = "{calicoNetwork: {ipPools: [{cidr: 10.244.0.0/16, encapsulation: VXLAN}]}}";
    for base in ["base: operator\n", "base: fresh\n"] {
        let outcome = run(base, &installation(spec), &[]);
        assert_eq!(outcome.exit, 0, "{}", outcome.output());
        assert!(
            outcome.stdout.contains("passes as proposed"),
            "{}",
            outcome.output()
        );
        let outside = spec.replace("10.244", "192.168");
        let report = report(base, &installation(&outside));
        let codes: Vec<_> = findings(&report).iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes, ["CAL201"]);
    }
}

#[test]
fn what_only_happens_after_a_change_is_not_missing() {
    let felix = "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\n\
                 spec: {wireguardEnabled: true}\n";
    let report = report(HEALTHY, felix);
    assert_eq!(findings(&report), []);
    assert_eq!(report["checks"]["failed"], 0);
}

#[test]
fn a_manifest_install_is_not_applied_over_the_operator() {
    let calico = cluster("base: calico.yaml\n");
    let workloads: Vec<Value> = calico
        .into_iter()
        .filter(|it| it["kind"] == "DaemonSet" || it["kind"] == "Deployment")
        .collect();
    let report = report(HEALTHY, &manifest(&workloads));
    assert_eq!(report["findings"][0]["severity"], "error");
    let found = findings(&report);
    let migration = found.iter().find(|(code, ..)| *code == "CAL106").unwrap();
    assert_eq!(
        migration.2,
        [
            "do not apply these manifests: to upgrade Calico, upgrade the Helm release calico in \
          tigera-operator to the tigera-operator chart of the new version, after its CRDs; to change \
          a setting, change the Installation"
        ]
    );
}

#[test]
fn an_installation_is_judged_although_the_operator_accepted_the_one_before() {
    let cidr = cidr();
    for (spec, rule) in [
        (
            "{calicoNetwork: {ipPools: [{cidr: not-a-cidr}]}}".to_owned(),
            "cidr-syntax",
        ),
        (
            format!(
                "{{calicoNetwork: {{bgp: Disabled, ipPools: [{{cidr: {cidr}, encapsulation: IPIP}}]}}}}"
            ),
            "ipip-without-bgp",
        ),
        ("{calicoNetwork: {ipPools: oops}}".to_owned(), "field-type"),
        (
            "{calicoNetwork: {ipPools: {a: b}}}".to_owned(),
            "field-type",
        ),
        ("{calicoNetwork: oops}".to_owned(), "field-type"),
        ("oops".to_owned(), "field-type"),
    ] {
        let report = report(HEALTHY, &installation(&spec));
        let found = findings(&report);
        assert_eq!(found.len(), 1, "{spec}: {found:?}");
        let message = report["findings"][0]["message"].as_str().unwrap();
        assert_eq!(found[0].0, "CAL110", "{spec}");
        assert!(message.contains(rule), "{spec}: {message}");
        // Nothing of it takes effect.
        assert!(report["changes"]["operator"].is_null(), "{spec}: {report}");
        assert!(report["changes"]["assumed"].is_null(), "{spec}: {report}");
    }
}

#[test]
fn the_data_plane_follows_the_installation() {
    let report = report(
        HEALTHY,
        &installation("{calicoNetwork: {linuxDataplane: BPF}}"),
    );
    let found = findings(&report);
    assert!(
        found.iter().all(|(code, ..)| *code != "CAL310"),
        "{found:?}"
    );
    assert!(
        found.iter().any(|(code, ..)| *code == "CAL314"),
        "{found:?}"
    );
}

#[test]
fn a_pool_that_the_installation_changes_is_changed_in_its_manifest() {
    let pools = "{calicoNetwork: {ipPools: [{name: default-ipv4-ippool, cidr: 172.31.0.0/16}]}}";
    let report = report(HEALTHY, &installation(pools));
    let found = findings(&report);
    let (.., fix) = found.iter().find(|(code, ..)| *code == "CAL208").unwrap();
    assert_eq!(fix.len(), 1, "{fix:?}");
    assert!(
        fix[0].starts_with("set the CIDR in the manifest of the Installation back to "),
        "{fix:?}"
    );
}

#[test]
fn what_is_not_applied_yet_has_no_status_to_find() {
    let mut objects = cluster(HEALTHY);
    let (api, rest): (Vec<Value>, Vec<Value>) =
        objects.drain(..).partition(|it| it["kind"] == "APIServer");
    assert_eq!(api.len(), 1);
    let manifests =
        "apiVersion: operator.tigera.io/v1\nkind: APIServer\nmetadata: {name: default}\nspec: {}\n";
    let without = recounted(rest);
    assert_eq!(findings(&report_over(&without, manifests)), []);
}

#[test]
fn a_pool_that_is_wrong_stays_so_once_it_is_created() {
    let mut objects = cluster(HEALTHY);
    objects.retain(|it| it["kind"] != "IPPool" && it["kind"] != "IPAMBlock");
    for object in &mut objects {
        if object["kind"] == "Installation" {
            object["spec"]["calicoNetwork"]["ipPools"][0]["cidr"] = "172.30.0.0/16".into();
        }
    }
    let report = report_over(
        &recounted(objects),
        &installation("{calicoNetwork: {mtu: 1400}}"),
    );
    let found = findings(&report);
    assert!(
        found.iter().all(|(code, ..)| *code != "CAL201"),
        "{found:?}"
    );
    let gone = report["changes"]["gone"].as_array().unwrap();
    assert!(gone.iter().all(|it| it["code"] != "CAL201"), "{gone:?}");
}

/// The objects of a snapshot whose header counts them.
pub(super) fn recounted(mut objects: Vec<Value>) -> Vec<Value> {
    let count = objects.iter().filter(|it| it["kind"] != "Snapshot").count();
    for header in objects.iter_mut().filter(|it| it["kind"] == "Snapshot") {
        if !header["objects"].is_null() {
            header["objects"] = count.into();
        }
    }
    objects
}

#[test]
fn an_older_operator_is_a_downgrade() {
    let operator = |version: &str| {
        let mut objects = cluster(HEALTHY);
        objects
            .retain(|it| it["kind"] == "Deployment" && it["metadata"]["name"] == "tigera-operator");
        let text = manifest(&objects);
        let current = objects[0]["spec"]["template"]["spec"]["containers"][0]["image"]
            .as_str()
            .and_then(|image| image.rsplit_once(':'))
            .map(|(_, tag)| tag.to_owned())
            .unwrap();
        text.replace(&current, version)
    };
    let older = report(HEALTHY, &operator("v1.38.0"));
    let found = findings(&older);
    assert!(
        found.iter().any(|(code, ..)| *code == "CAL120"),
        "{found:?}"
    );
    let newer = report(HEALTHY, &operator("v1.99.0"));
    assert!(findings(&newer).iter().all(|(code, ..)| *code != "CAL120"));
}

#[test]
fn manifests_that_cannot_be_used_are_an_error() {
    let fine = installation("{}");
    for (manifests, error) in [
        ("spec: [\n".to_owned(), "no Kubernetes objects in with.yaml"),
        (
            format!("{fine}---\na: b\n"),
            "cannot use with.yaml, document 2",
        ),
        (
            format!("{fine}---\nkind: ConfigMap\n x: [\n"),
            "cannot use with.yaml, document 2",
        ),
        (
            manifest(&cluster("base: helm\n")),
            "with.yaml is a snapshot, but --with takes manifests",
        ),
    ] {
        let outcome = run(HEALTHY, &manifests, &[]);
        assert_eq!(outcome.exit, 2, "{}", outcome.output());
        assert!(outcome.stderr.contains(error), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn an_object_that_occurs_twice_is_named() {
    let two = format!(
        "{}---\n{}",
        installation("{}"),
        installation("{variant: Calico}")
    );
    let outcome = run(HEALTHY, &two, &[]);
    assert!(
        outcome
            .stderr
            .contains("with.yaml, document 2: Installation/default occurs again"),
        "{}",
        outcome.output()
    );
    let same = format!("{}---\n{}", installation("{}"), installation("{}"));
    assert_eq!(run(HEALTHY, &same, &[]).stderr, "");
}

#[test]
fn every_format_has_what_is_wrong_with_the_change() {
    let manifests = pool("default-ipv4-ippool", "{cidr: 172.31.0.0/16}");
    for format in [
        "text",
        "short",
        "markdown",
        "html",
        "prometheus",
        "junit",
        "sarif",
        "yaml",
    ] {
        let outcome = run(HEALTHY, &manifests, &["-o", format]);
        assert_eq!(outcome.exit, 1, "{format}");
        assert!(
            outcome.stdout.contains("CAL119"),
            "{format}: {}",
            outcome.stdout
        );
    }
}

#[test]
fn standard_input_is_read_once() {
    let output = plugin()
        .args(["status", "-f", "-", "--with", "-"])
        .output()
        .unwrap();
    let outcome = Outcome::of(&output);
    assert_eq!(outcome.exit, 2);
    let error = "-f and --with cannot both read standard input: give one of them a file";
    assert!(outcome.stderr.contains(error), "{}", outcome.stderr);
}
