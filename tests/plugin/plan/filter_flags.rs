//! `-o flags` is what helm-postrender needs: it makes the planned Installation, under every rule.

use calico_test_support::documents::{only, parse};
use calico_test_support::filter::filtered;
use serde_json::{Value, json};

use super::case::{Case, cases, installation};

/// The line that `-o flags` prints.
pub(super) struct Flags {
    /// Arguments of helm-postrender.
    filter: Vec<String>,
    /// Fields of the Installation and their values, from `--set`.
    settings: Vec<(String, String)>,
}

impl Flags {
    pub(super) fn of(case: &Case) -> Self {
        let line = case.written("flags");
        let words: Vec<&str> = line.split_whitespace().collect();
        let values = |flag: &str| -> Vec<String> {
            words
                .chunks(2)
                .filter(|pair| pair[0] == flag)
                .map(|pair| pair[1].to_owned())
                .collect()
        };
        let renderers = values("--post-renderer");
        let flags = Self {
            filter: values("--post-renderer-args"),
            settings: values("--set")
                .iter()
                .map(|setting| {
                    let (path, value) = setting.split_once('=').unwrap();
                    let path = path.strip_prefix("installation.").unwrap();
                    (path.to_owned(), value.to_owned())
                })
                .collect(),
        };
        assert_eq!(renderers.is_empty(), flags.filter.is_empty(), "{line}");
        assert!(
            renderers.iter().all(|name| name == "helm-postrender"),
            "{line}"
        );
        assert_eq!(
            words.len(),
            2 * (renderers.len() + flags.filter.len() + flags.settings.len()),
            "another flag in {line}"
        );
        flags
    }

    /// The arguments of helm-postrender and this one.
    fn and<'a>(&'a self, argument: &'a str) -> Vec<&'a str> {
        self.filter
            .iter()
            .map(String::as_str)
            .chain([argument])
            .collect()
    }

    /// The exit code, the output and the messages of helm-postrender for what a chart renders.
    pub(super) fn rendered(&self, case: &Case) -> (Option<i32>, String, String) {
        let plan = case.json();
        let operator = plan["operator"]["value"].as_str().unwrap();
        let output = filtered(
            &self.and(&format!("--operator-version={operator}")),
            &self.installation(),
        );
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    /// The Installation that a chart renders with the settings.
    pub(super) fn installation(&self) -> String {
        let mut spec = json!({"controlPlaneReplicas": 2});
        for (path, value) in &self.settings {
            *path
                .split('.')
                .fold(&mut spec, |parent, key| &mut parent[key]) = json!(value);
        }
        installation(&spec)
    }
}

/// The pools in `-o installation`.
pub(super) fn planned_pools(case: &Case) -> Value {
    pools(&case.written("installation"))
}

/// The pools of the Installation in a stream.
pub(super) fn pools(stream: &str) -> Value {
    only(&parse(stream), "Installation")["spec"]["calicoNetwork"]["ipPools"].clone()
}

#[test]
fn the_flags_for_a_new_cluster_make_the_planned_installation() {
    let mut checked = 0;
    for case in cases() {
        let plan = case.json();
        if !case.is_new_install(&plan) || plan["pools"] == json!([]) {
            continue;
        }
        checked += 1;
        let (exit, output, message) = Flags::of(&case).rendered(&case);
        assert_eq!(exit, Some(0), "{}: {message}", case.name());
        assert!(!message.contains("warning"), "{}: {message}", case.name());
        assert_eq!(pools(&output), planned_pools(&case), "{}", case.name());
    }
    assert!(checked >= 30, "only {checked} cases");
}

#[test]
fn the_flags_for_unchanged_pools_change_nothing() {
    let mut checked = 0;
    for case in cases() {
        let plan = case.json();
        let existing = plan["existingPools"].as_array().unwrap();
        let unchanged = existing.iter().all(|pool| pool["changes"] == json!([]));
        if existing.is_empty() || !unchanged || case.run(&[]).exit != 0 {
            continue;
        }
        // Flags set three fields of one pool per family.
        if case.run(&["-o", "flags"]).exit == 64 {
            continue;
        }
        checked += 1;
        let output = filtered(
            &Flags::of(&case).and("--check"),
            &case.written("installation"),
        );
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{}: {message}", case.name());
    }
    assert!(checked >= 1);
}
