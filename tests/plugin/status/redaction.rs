//! `--redact`: every check finds the same, and nothing that identifies a cluster is left in any format.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value, json};

use super::case::{Case, cases, one_per_code, status};
use crate::run::run_on;

/// What a word of a cluster begins with that must not be left.
const WORD: &str = "zq";

/// An address of a cluster that must not be left, and one in other spellings.
const ADDRESS: &str = "10.77.188.99";
const SPELLINGS: [&str; 3] = [ADDRESS, "10-77-188-99", "10_77_188_99"];

/// What each format of each subcommand is printed with.
const FORMATS: [&[&str]; 16] = [
    &["status"],
    &["status", "-o", "short"],
    &["status", "-o", "wide"],
    &["status", "-o", "connectivity"],
    &["status", "-o", "yaml"],
    &["status", "-o", "markdown"],
    &["status", "-o", "html"],
    &["status", "-o", "junit"],
    &["status", "-o", "sarif"],
    &["status", "-o", "prometheus"],
    &["nodes"],
    &["nodes", "-o", "wide"],
    &["nodes", "-o", "json"],
    &["nodes", "-o", "yaml"],
    &["nodes", "-o", "name"],
    &["snapshot"],
];

#[test]
fn a_redacted_cluster_has_the_same_findings() {
    let mut different = Vec::new();
    for case in cases() {
        let redacted = status(&case.objects, &["--redact", "-o", "json"]);
        let redacted: Value = serde_json::from_str(&redacted.stdout).unwrap();
        let (found, expected) = (codes(&redacted), codes(case.report()));
        if found != expected || redacted["state"] != case.report()["state"] {
            different.push(format!(
                "{}: {found:?}, not {expected:?}",
                case.folder.display()
            ));
        }
        let (found, expected) = (recognized(&redacted), recognized(case.report()));
        if found != expected {
            different.push(format!(
                "{}: {found}, not {expected}",
                case.folder.display()
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// What the cluster and the installation of Calico are recognized as.
fn recognized(report: &Value) -> Value {
    let facts = &report["facts"];
    let (cluster, install) = (&facts["cluster"], &facts["install"]);
    let method = &install["method"]["value"];
    json!({
        "platform": cluster["platform"]["value"],
        "cloud": cluster["cloud"]["value"],
        "method": [&method["kind"], &method["by"]["tool"], &method["by"]["platform"], &method["variant"]],
        "bundle": install["bundle"]["value"],
        "datastore": install["datastore"]["value"],
        "dataplane": facts["dataplane"]["value"],
    })
}

/// The codes and severities, and the number of commands of each step of the fix. The order of equal ones is that of
/// the names of objects.
fn codes(report: &Value) -> Vec<(String, String, Vec<usize>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let commands = |found: &Value| {
        let steps = found["fix"].as_array().unwrap().iter();
        steps
            .map(|step| step["commands"].as_array().map_or(0, Vec::len))
            .collect()
    };
    let findings = report["findings"].as_array().unwrap().iter();
    let mut codes: Vec<_> = findings
        .map(|found| {
            (
                text(&found["code"]),
                text(&found["severity"]),
                commands(found),
            )
        })
        .collect();
    codes.sort();
    codes
}

/// Words and addresses in every text that a cluster can have.
#[test]
fn no_word_of_a_cluster_is_left_in_any_format() {
    let mut left = Vec::new();
    for (number, case) in one_per_code().into_iter().enumerate() {
        let objects = Seeds::plant(&case.objects, number);
        // Every format, and in each case another quarter of them.
        let formats = FORMATS.iter().enumerate();
        let formats = formats.filter(|(index, _)| (index + number).is_multiple_of(4));
        for (_, format) in formats {
            let (subcommand, arguments) = format.split_first().unwrap();
            let arguments: Vec<&str> = arguments.iter().copied().chain(["--redact"]).collect();
            let ran = run_on(&objects, subcommand, &arguments);
            assert!(ran.exit <= 2, "{}: {}", case.folder.display(), ran.stderr);
            left.extend(leaks(&format!("{format:?}"), &ran.stdout));
        }
    }
    assert!(left.is_empty(), "{}", report_of(&left));
}

/// The findings are those of the same words without `--redact`.
#[test]
fn words_of_a_cluster_do_not_matter_to_its_findings() {
    let mut different = Vec::new();
    let mut left = Vec::new();
    for (number, case) in cases().iter().enumerate() {
        let objects = Seeds::plant(&case.objects, number);
        let found = |arguments: &[&str]| {
            let ran = status(&objects, arguments);
            let report: Value = serde_json::from_str(&ran.stdout)
                .unwrap_or_else(|error| panic!("{error}: {}", ran.output()));
            (codes(&report), report["state"].clone(), ran.stdout)
        };
        let (expected, state, _) = found(&["-o", "json"]);
        let (redacted, redacted_state, text) = found(&["-o", "json", "--redact"]);
        left.extend(leaks(&case.folder.display().to_string(), &text));
        if (&redacted, &redacted_state) != (&expected, &state) {
            different.push(format!(
                "{}: {redacted:?}, not {expected:?}",
                case.folder.display()
            ));
        }
    }
    assert!(left.is_empty(), "{}", report_of(&left));
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Ignores and baselines have the names of the cluster, and apply before these are replaced.
#[test]
fn what_is_ignored_or_known_by_its_name_is_so_in_a_redacted_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut different = Vec::new();
    for (number, case) in one_per_code().into_iter().enumerate() {
        let objects = Seeds::plant(&case.objects, number);
        let report = status(&objects, &["-o", "json"]).stdout;
        fs::write(path("baseline.json"), &report).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let entries: Vec<Value> = findings
            .iter()
            .map(|found| json!({"code": found["code"], "object": found["subject"], "reason": "zqreason"}))
            .collect();
        fs::write(path("ignore.yaml"), json!({"ignore": entries}).to_string()).unwrap();
        for (flag, file) in [
            ("--ignore-file", "ignore.yaml"),
            ("--baseline", "baseline.json"),
        ] {
            let ran = status(&objects, &["--redact", "-o", "json", flag, &path(file)]);
            assert!(!ran.stdout.to_lowercase().contains(WORD), "{}", ran.stdout);
            let redacted: Value = serde_json::from_str(&ran.stdout).unwrap();
            let left = redacted["findings"].as_array().unwrap().iter();
            let left = left.map(|found| format!("{} {}", found["code"], found["subject"]));
            let unused = redacted["ignores"]["unused"]
                .as_array()
                .into_iter()
                .flatten();
            let gone = redacted["changes"]["gone"].as_array().into_iter().flatten();
            let others = unused.chain(gone).map(ToString::to_string);
            different.extend(
                left.chain(others)
                    .map(|it| format!("{} {flag}: {it}", case.folder.display())),
            );
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Each word that begins as no word of Kubernetes does, and each address.
fn leaks(place: &str, text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && !"-_.@".contains(c));
    let words = words.filter(|word| {
        word.contains(WORD) || SPELLINGS.iter().any(|address| word.contains(address))
    });
    words.map(|word| format!("{place}: {word}")).collect()
}

fn report_of(leaks: &[String]) -> String {
    let leaks: BTreeSet<&String> = leaks.iter().collect();
    let leaks: Vec<&str> = leaks.into_iter().take(60).map(String::as_str).collect();
    leaks.join("\n")
}

/// Plants words in the objects of a case.
struct Seeds {
    count: usize,
    /// Which texts get a word: another third in each case.
    turn: usize,
}

impl Seeds {
    fn plant(objects: &[Value], turn: usize) -> Vec<Value> {
        let mut seeds = Self { count: 0, turn };
        let mut objects: Vec<Value> = objects.to_vec();
        let nodes: Vec<String> = objects
            .iter()
            .filter(|object| object["kind"] == "Node")
            .filter_map(|node| Some(node["metadata"]["name"].as_str()?.to_owned()))
            .collect();
        for object in &mut objects {
            seeds.plant_usual(object);
            seeds.plant_below("", object);
        }
        // Nodes are mentioned in many places, and each must be renamed.
        let mut text = Value::from(objects).to_string();
        for node in nodes.iter().rev() {
            text = text.replace(node.as_str(), &format!("zq-{node}.zqcorp.internal"));
        }
        serde_json::from_str(&text).unwrap()
    }

    fn word(&mut self) -> String {
        self.count += 1;
        format!("{WORD}{}", self.count)
    }

    /// Adds a word to every third text that selects or identifies nothing.
    fn plant_below(&mut self, key: &str, value: &mut Value) {
        const KEPT: [&str; 10] = [
            "apiVersion",
            "kind",
            "name",
            "namespace",
            "labels",
            "objects",
            "notServed",
            "matchLabels",
            "time",
            "type",
        ];
        if KEPT.contains(&key) || key.ends_with("Timestamp") || key.ends_with("Time") {
            return;
        }
        match value {
            Value::String(text) => {
                self.count += 1;
                if (self.count + self.turn).is_multiple_of(3) {
                    text.push_str(&format!("-{}", self.word()));
                }
                if ["message", "lines"].contains(&key) {
                    text.push_str(&self.sentence());
                }
            }
            Value::Array(entries) => {
                for entry in entries {
                    self.plant_below(key, entry);
                }
            }
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.plant_below(key, value);
                }
            }
            _ => {}
        }
    }

    /// Names and addresses in the forms in which messages have them.
    fn sentence(&mut self) -> String {
        let word = self.word();
        format!(
            " User \"{word}@{word}corp.example\", system:serviceaccount:{word}ns:{word}sa on ip-10-77-188-99.{word}.internal \
             and {word}_10_77_188_99, {word}_kube-system/{word}-pod_{word} at https://{word}host:6443/{word}path?{word}={ADDRESS} \
             pulling registry.{word}corp.example:5000/{word}team/calico/node:v3.1, {ADDRESS}/32 [{word}] Node.{word} \
             pvc-{word}-10-77-188-99, {}",
            word.to_uppercase()
        )
    }

    /// What clusters have and those of the tests do not.
    fn plant_usual(&mut self, object: &mut Value) {
        let kind = object["kind"].as_str().unwrap().to_owned();
        match kind.as_str() {
            "Snapshot" => {
                object["origin"] = json!({
                    "server": format!("https://{}:6443", self.word()),
                    "cluster": format!("{}-eu", self.word()),
                    "context": format!("{}@{}", self.word(), self.word()),
                    "kubernetes": "v1.34.1+zqbuild",
                });
            }
            "Node" => {
                for key in [
                    "topology.kubernetes.io/zone",
                    "topology.kubernetes.io/region",
                    "kubernetes.azure.com/cluster",
                    "kubernetes.io/hostname",
                ] {
                    let word = self.word();
                    entry(object, "metadata", "labels")[key] = word.into();
                }
                let provider = format!("aws:///{}/i-{}", self.word(), self.word());
                object["spec"]["providerID"] = provider.into();
            }
            "IPPool" if object["spec"]["nodeSelector"].is_null() => {
                let (key, value) = (self.word(), self.word());
                let selector = format!("all() || {key}.example/{key} == '{value}'");
                object["spec"]["nodeSelector"] = selector.into();
            }
            "DaemonSet" => {
                let word = self.word();
                let spec = &mut object["spec"]["template"]["spec"];
                if let Some(Value::Array(containers)) = spec.get_mut("containers") {
                    for container in containers {
                        let image = container["image"].as_str().unwrap_or_default();
                        let image = image.rsplit('/').next().unwrap_or_default();
                        let image = format!("registry.{word}.example:5000/{word}/calico/{image}");
                        container["image"] = image.into();
                    }
                }
            }
            "Deployment" => {
                let release = self.word();
                entry(object, "metadata", "annotations")["meta.helm.sh/release-name"] =
                    release.into();
            }
            _ => {}
        }
    }
}

fn entry<'a>(object: &'a mut Value, parent: &str, field: &str) -> &'a mut Value {
    let parent = object[parent].as_object_mut().unwrap();
    parent
        .entry(field)
        .or_insert_with(|| Value::Object(Map::new()))
}

/// VirtualBox's own address of every machine, which identifies none.
const SAME_EVERYWHERE: &str = "10.0.2.15";

#[test]
fn no_node_and_no_address_of_a_node_is_left() {
    for case in cases() {
        let names = names_and_addresses(case);
        let snapshot = run_on(&case.objects, "snapshot", &["--redact"]).stdout;
        for name in names {
            let is_left = snapshot.contains(&format!("\"{name}\""));
            assert!(!is_left, "{}: {name} in {snapshot}", case.folder.display());
        }
    }
}

fn names_and_addresses(case: &Case) -> BTreeSet<&str> {
    let nodes = case
        .objects
        .iter()
        .filter(|object| object["kind"] == "Node");
    let names = nodes.flat_map(|node| {
        let addresses = node["status"]["addresses"].as_array();
        let addresses = addresses
            .into_iter()
            .flatten()
            .filter_map(|address| address["address"].as_str());
        addresses.chain(node["metadata"]["name"].as_str())
    });
    names.filter(|name| *name != SAME_EVERYWHERE).collect()
}
