//! From the plan to the filter and through its rules, for every case.

use calico_test_support::documents::{only, parse};
use calico_test_support::filter::filtered;
use serde_json::{Value, json};

use super::case::{Case, cases};

/// What the filter is told by `-o flags`, and what is set beside it.
pub(crate) struct Flags {
    pub(crate) filter: Vec<String>,
    pub(crate) set: Vec<(String, String)>,
}

impl Flags {
    pub(crate) fn read(line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let behind = |flag: &str| {
            let pairs = words.chunks(2).filter(move |pair| pair[0] == flag);
            pairs.map(|pair| pair[1].to_owned()).collect::<Vec<_>>()
        };
        let set = behind("--set").into_iter().map(|setting| {
            let (path, value) = setting.split_once('=').unwrap();
            (
                path.strip_prefix("installation.").unwrap().to_owned(),
                value.to_owned(),
            )
        });
        let read = Self {
            set: set.collect(),
            filter: behind("--post-renderer-args"),
        };
        let renderer = behind("--post-renderer");
        assert_eq!(renderer.is_empty(), read.filter.is_empty(), "{line}");
        assert!(
            renderer.iter().all(|name| name == "helm-postrender"),
            "{line}"
        );
        let all = 2 * (read.set.len() + read.filter.len() + renderer.len());
        assert_eq!(words.len(), all, "{line}");
        read
    }

    /// The Installation that the chart makes of the settings.
    pub(crate) fn installation(&self) -> Value {
        let mut spec = json!({"controlPlaneReplicas": 2});
        for (path, value) in &self.set {
            let pointer = path.split('.');
            let place = pointer.fold(&mut spec, |place, key| &mut place[key]);
            *place = json!(value);
        }
        json!({
            "apiVersion": "operator.tigera.io/v1", "kind": "Installation",
            "metadata": {"name": "default"}, "spec": spec,
        })
    }
}

/// The pools that the operator would be given by `-o installation`.
pub(crate) fn planned(case: &Case) -> Value {
    let documents = parse(&case.written("installation"));
    only(&documents, "Installation")["spec"]["calicoNetwork"]["ipPools"].clone()
}

/// Where there is no Calico yet, the flags and the Installation come to the same, and no rule is
/// broken.
#[test]
fn flags_and_installation_agree_under_every_rule() {
    let mut judged = 0;
    for case in cases() {
        let plan = case.json();
        let new = plan["install"]["method"]["value"]["kind"] == "nothing";
        if !new || case.run(&[]).exit != 0 || plan["pools"] == json!([]) {
            continue;
        }
        judged += 1;
        let flags = Flags::read(&case.written("flags"));
        let operator = format!(
            "--operator-version={}",
            plan["operator"]["value"].as_str().unwrap()
        );
        let mut arguments: Vec<&str> = flags.filter.iter().map(String::as_str).collect();
        arguments.push(&operator);
        let output = filtered(&arguments, &flags.installation().to_string());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{}: {said}", case.name());
        assert!(!said.contains("warning"), "{}: {said}", case.name());
        let made = parse(std::str::from_utf8(&output.stdout).unwrap());
        let made = &only(&made, "Installation")["spec"]["calicoNetwork"]["ipPools"];
        assert_eq!(made, &planned(&case), "{}", case.name());
    }
    assert!(judged >= 30, "{judged} cases");
}

/// On a cluster that has Calico, what is written is what is there, and the filter has nothing to
/// change of it.
#[test]
fn what_stays_as_it_is_changes_nothing() {
    let mut judged = 0;
    for case in cases() {
        let plan = case.json();
        let live = plan["existingPools"].as_array().unwrap();
        let stays = !live.is_empty() && live.iter().all(|pool| pool["changes"] == json!([]));
        if !stays || case.run(&[]).exit != 0 {
            continue;
        }
        judged += 1;
        let stream = case.written("installation");
        let flags = Flags::read(&case.written("flags"));
        let mut arguments: Vec<&str> = flags.filter.iter().map(String::as_str).collect();
        arguments.push("--check");
        let output = filtered(&arguments, &stream);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{}: {said}", case.name());
    }
    assert!(judged >= 1);
}
