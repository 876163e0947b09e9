//! The formats for other programs and for tickets: Markdown, HTML, Prometheus, JUnit and SARIF.

use std::fs;
use std::path::Path;

use calico_test_support::outcome::Outcome;
use calico_test_support::snapshot::assert_snapshot;
use serde_json::{Value, json};

use super::case::{Case, cases, one_per_code, status};
use crate::run::plugin;

/// Each format of one report.
#[test]
fn a_report_in_every_format() {
    let case = case("fails-before-the-operator-is-started-again");
    for format in ["markdown", "html", "prometheus", "junit", "sarif"] {
        let exported = status(&case.objects, &["-o", format]);
        assert_eq!((exported.exit, exported.stderr.as_str()), (1, ""));
        let time = exported
            .stdout
            .find("20")
            .map(|_| without_time(&exported.stdout));
        assert_snapshot(&format!("plugin_status_{format}"), &time.unwrap());
    }
}

#[test]
fn junit_has_a_test_case_for_each_check() {
    for case in one_per_code() {
        let junit = status(&case.objects, &["-o", "junit"]).stdout;
        let document = roxmltree::Document::parse(&junit).unwrap();
        let count = |name: &str| {
            document
                .descendants()
                .filter(|node| node.has_tag_name(name))
                .count()
        };
        let checks = &case.report()["checks"];
        let number = |key: &str| usize::try_from(checks[key].as_u64().unwrap()).unwrap();
        assert_eq!(
            count("testcase"),
            number("passed") + number("failed") + number("skipped")
        );
        assert_eq!(
            count("skipped"),
            number("skipped"),
            "{}",
            case.folder.display()
        );
        let suite = document
            .descendants()
            .find(|node| node.has_tag_name("testsuite"))
            .unwrap();
        assert_eq!(
            suite.attribute("tests").unwrap(),
            count("testcase").to_string()
        );
        let failing = document.descendants().filter(|node| {
            node.has_tag_name("testcase")
                && node.children().any(|child| child.has_tag_name("failure"))
        });
        assert_eq!(
            suite.attribute("failures").unwrap(),
            failing.count().to_string()
        );
    }
}

#[test]
fn sarif_has_a_result_for_each_finding() {
    for case in one_per_code() {
        let sarif = status(&case.objects, &["-o", "sarif"]).stdout;
        let sarif: Value = serde_json::from_str(&sarif).unwrap();
        let run = &sarif["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        let findings = case.report()["findings"].as_array().unwrap();
        assert_eq!(results.len(), findings.len());
        for (result, finding) in results.iter().zip(findings) {
            assert_eq!(result["ruleId"], finding["code"]);
            assert_eq!(result["level"], finding["severity"]);
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[rule]["id"], finding["code"]);
        }
    }
}

/// Code scanning shows a result only at a line of a file: that of the field that proves it, or of the object.
#[test]
fn a_finding_in_manifests_has_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let manifests = folder.path().join("clusters/a b");
    fs::create_dir_all(&manifests).unwrap();
    let installation = "\
---
# Source: chart/templates/installation.yaml
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec:
  calicoNetwork:
    ipPools:
    - name: default-ipv4-ippool
      cidr: 192.168.0.0/16
---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: wide}
spec:
  blockSize: 26
  cidr: 192.168.0.0/17
";
    fs::write(manifests.join("calico.yaml"), installation).unwrap();
    let kubeadm = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: |
    networking:
      podSubnet: 10.244.0.0/16
";
    fs::write(manifests.join("kubeadm.yaml"), kubeadm).unwrap();
    let run = |directory: &Path, arguments: &[&str]| {
        let mut command = plugin();
        command
            .current_dir(directory)
            .args(["status", "-f"])
            .args(arguments);
        Outcome::of(&command.output().unwrap()).stdout
    };
    let absolute = manifests.to_str().unwrap();
    for (directory, path) in [
        (folder.path(), "clusters"),
        (folder.path(), "clusters/a b"),
        (folder.path(), "./clusters/a b"),
        (folder.path(), absolute),
        (Path::new("/"), absolute),
    ] {
        let sarif: Value = serde_json::from_str(&run(directory, &[path, "-o", "sarif"])).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert!(!results.is_empty());
        for result in results {
            let physical = &result["locations"][0]["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.ends_with("clusters/a%20b/calico.yaml"), "{uri}");
            assert_eq!(
                uri.starts_with("clusters"),
                directory == folder.path(),
                "{uri}"
            );
            let line = physical["region"]["startLine"].as_u64().unwrap();
            let subject =
                result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].as_str();
            let expected = match (subject, result["ruleId"].as_str()) {
                // The field is missing.
                (_, Some("CAL216")) => 15,
                (Some("IPPool/wide"), _) => 17,
                _ => 10,
            };
            assert_eq!((line, subject), (expected, subject), "{result}");
        }
    }
    let text = run(folder.path(), &["clusters/a b"]);
    assert!(
        text.contains("\n  file      clusters/a b/calico.yaml:17\n"),
        "{text}"
    );
}

/// Every line is a comment or a sample, and each metric's samples follow its HELP and TYPE.
#[test]
fn prometheus_can_read_the_metrics() {
    for case in one_per_code() {
        let metrics = status(&case.objects, &["-o", "prometheus"]).stdout;
        let mut family = "";
        for line in metrics.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                family = rest.split(' ').next().unwrap();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert_eq!(rest, format!("{family} gauge"));
            } else {
                let (name, rest) = line.split_once('{').unwrap();
                let (_, value) = rest.rsplit_once("} ").unwrap();
                assert_eq!(name, family, "{line}");
                assert!(value.parse::<f64>().is_ok(), "{line}");
            }
        }
    }
}

/// What a name in a cluster contains is text in every format.
#[test]
fn names_are_no_markup() {
    let hostile = "</td><img src=x onerror=alert(1)>\"'&|`\\_*\u{1b}[31m\n- x";
    let mut objects = case("fails-forgotten-by-helm").objects.clone();
    for object in &mut objects {
        if object["kind"] == "IPPool" || object["kind"] == "Node" {
            object["metadata"]["name"] = json!(hostile);
        }
    }
    for format in ["markdown", "html", "prometheus", "junit", "sarif"] {
        let shown = status(&objects, &["-o", format]).stdout;
        assert!(!shown.contains('\u{1b}'), "{shown}");
        match format {
            "html" => assert!(!shown.contains("<img"), "{shown}"),
            // In code, it is shown as it is.
            "markdown" => {
                let mut lines = shown.lines().filter(|line| !line.starts_with("- `"));
                assert!(!lines.any(|line| line.contains("<img")), "{shown}");
            }
            "junit" => assert!(roxmltree::Document::parse(&shown).is_ok(), "{shown}"),
            "sarif" => assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{shown}"),
            "prometheus" => assert!(
                shown
                    .lines()
                    .all(|line| line.starts_with('#') || line.starts_with("kubectl_calico_")),
                "{shown}"
            ),
            _ => {}
        }
    }
}

fn case(name: &str) -> &'static Case {
    cases().iter().find(|case| case.name() == name).unwrap()
}

/// The report without the time at which it was written.
fn without_time(text: &str) -> String {
    let bytes = text.as_bytes();
    let digits = |at: usize, count: usize| {
        bytes
            .get(at..at + count)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is_time = |at: &usize| {
        digits(*at, 4)
            && bytes.get(at + 4) == Some(&b'-')
            && bytes.get(at + 10) == Some(&b'T')
            && digits(at + 11, 2)
    };
    match (0..bytes.len()).find(is_time) {
        Some(at) => {
            let time = &text[at..at + "2026-01-02T03:04:05".len()];
            text.replace(time, "2026-01-02T03:04:05")
        }
        None => text.to_owned(),
    }
}
