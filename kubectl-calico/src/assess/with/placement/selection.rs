//! How calico-node selects its nodes.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm};
use serde_yaml::Value;

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::snapshot::resources::NODES;
use crate::snapshot::trim::keep;
use crate::snapshot::{Node, ObjectRef, Provenance};
use crate::views::calico_node::CalicoNode;
use crate::views::daemon_set;
use crate::views::objects::default_installation;

/// The label with the operating system of a node.
const OS: &str = "kubernetes.io/os";

/// How calico-node selects its nodes.
#[derive(Debug, PartialEq)]
pub(super) struct Selection {
    labels: BTreeMap<String, String>,
    affinity: Option<NodeAffinity>,
    /// The object, and the fields in it that are set.
    pub(super) object: ObjectRef,
    pub(super) fields: Vec<(String, String)>,
}

impl Selection {
    pub(super) fn of(case: &Case) -> Option<Self> {
        let node = CalicoNode::current(case.snapshot);
        if case.facts.install.is_left_to_operator() && node.is_none_or(|node| node.is_of_operator())
        {
            return Self::of_installation(case);
        }
        let pod = daemon_set::pod(node?.set)?;
        let affinity = pod
            .affinity
            .as_ref()
            .and_then(|it| it.node_affinity.clone());
        Some(Self::new(
            node?.object(),
            "spec.template.spec",
            pod.node_selector.clone().unwrap_or_default(),
            affinity,
        ))
    }

    /// What the operator merges into its own DaemonSet.
    fn of_installation(case: &Case) -> Option<Self> {
        const POD: &str = "spec.calicoNodeDaemonSet.spec.template.spec";
        let document = default_installation(case.snapshot)?.document();
        let at = |field: &str| {
            let path = format!("{POD}.{field}");
            calico_core::installation::path::value_at(&document, &path).cloned()
        };
        let parsed = |value: Value| serde_yaml::from_value(value).ok();
        let labels = at("nodeSelector").and_then(|value| serde_yaml::from_value(value).ok());
        Some(Self::new(
            ObjectRef::installation(),
            POD,
            labels.unwrap_or_default(),
            at("affinity.nodeAffinity").and_then(parsed),
        ))
    }

    fn new(
        object: ObjectRef,
        pod: &str,
        labels: BTreeMap<String, String>,
        affinity: Option<NodeAffinity>,
    ) -> Self {
        let selector = (!labels.is_empty()).then(|| {
            let pairs: Vec<String> = labels
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            (format!("{pod}.nodeSelector"), pairs.join(", "))
        });
        let affinity_text = affinity
            .as_ref()
            .and_then(|it| serde_json::to_string(it).ok());
        let affine = affinity_text.map(|text| (format!("{pod}.affinity.nodeAffinity"), text));
        Self {
            labels,
            affinity,
            object,
            fields: selector.into_iter().chain(affine).collect(),
        }
    }

    pub(super) fn selects_like(&self, other: &Self) -> bool {
        (&self.labels, &self.affinity) == (&other.labels, &other.affinity)
    }

    /// Whether it selects a node; `None` if that depends on a label that is not read.
    pub(super) fn selects(&self, node: &Node) -> Option<bool> {
        let by_labels = self.labels.iter().map(|(key, value)| {
            let label = label(node, key)?;
            Some(label == Some(value.as_str()))
        });
        all(by_labels.chain([self.selects_by_affinity(node)]))
    }

    fn terms(&self) -> &[NodeSelectorTerm] {
        let required = self.affinity.as_ref();
        let required = required.and_then(|it| {
            it.required_during_scheduling_ignored_during_execution
                .as_ref()
        });
        required
            .map(|it| it.node_selector_terms.as_slice())
            .unwrap_or_default()
    }

    fn selects_by_affinity(&self, node: &Node) -> Option<bool> {
        let terms = self.terms();
        if terms.is_empty() {
            return Some(true);
        }
        let of_term = |term: &NodeSelectorTerm| {
            let expressions = term.match_expressions.iter().flatten();
            let fields = term.match_fields.iter().flatten();
            // Kubernetes: an empty term selects no node (core/v1, NodeSelectorTerm).
            if expressions.clone().next().is_none() && fields.clone().next().is_none() {
                return Some(false);
            }
            let by_labels = expressions.map(|it| Some(fits(it, label(node, &it.key)?)));
            let by_name = fields.map(|it| Some(fits(it, Some(node.metadata.name.as_str()))));
            all(by_labels.chain(by_name))
        };
        // One of them is enough.
        all(terms.iter().map(|term| of_term(term).map(|fits| !fits))).map(|none| !none)
    }

    /// The labels that are not read of nodes.
    pub(super) fn unread(&self) -> Vec<String> {
        let expressions = self
            .terms()
            .iter()
            .flat_map(|term| term.match_expressions.iter().flatten());
        let keys = self.labels.keys().chain(expressions.map(|it| &it.key));
        let keys: BTreeSet<&String> = keys.filter(|key| !is_read(key)).collect();
        keys.into_iter()
            .map(|key| format!("the label {key}"))
            .collect()
    }

    pub(super) fn proof(&self, finding: Finding) -> Finding {
        if self.fields.is_empty() {
            return finding.exists(self.object.clone());
        }
        self.fields.iter().fold(finding, |finding, (field, value)| {
            finding.read(&Provenance::new(self.object.clone(), field.as_str()), value)
        })
    }
}

fn is_read(key: &str) -> bool {
    keep::keeps(NODES.fields, &["metadata", "labels", key])
}

/// A label of a node, if it is known whether the node has it.
#[expect(
    clippy::option_option,
    reason = "a label that is not known, not there, or has a value"
)]
fn label<'a>(node: &'a Node, key: &str) -> Option<Option<&'a str>> {
    // Only Linux nodes are compared, and some tools leave labels out of what they write.
    let value = node
        .metadata
        .label(key)
        .or_else(|| (key == OS).then_some("linux"));
    let is_known = is_read(key) && !node.metadata.labels.is_empty();
    (value.is_some() || is_known).then_some(value)
}

/// Whether all hold; `None` if that is unknown.
fn all(conditions: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for condition in conditions {
        match condition {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = None,
        }
    }
    known
}

fn fits(requirement: &NodeSelectorRequirement, value: Option<&str>) -> bool {
    let values = || requirement.values.iter().flatten();
    let is_in = || values().any(|it| Some(it.as_str()) == value);
    let number = |text: &str| text.parse::<i64>().ok();
    let compared = || Some((number(value?)?, number(values().next()?)?));
    match requirement.operator.as_str() {
        "In" => is_in(),
        "NotIn" => !is_in(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => compared().is_some_and(|(value, limit)| value > limit),
        "Lt" => compared().is_some_and(|(value, limit)| value < limit),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a selection selects a Linux node with these labels.
    fn selected(labels: &str, affinity: &str, node: &str) -> Option<bool> {
        let selection = Selection::new(
            ObjectRef::installation(),
            "spec",
            serde_yaml::from_str(labels).unwrap(),
            serde_yaml::from_str(affinity).unwrap(),
        );
        let node = format!("{{metadata: {{name: a, labels: {node}}}}}");
        selection.selects(&serde_yaml::from_str(&node).unwrap())
    }

    #[test]
    fn a_node_is_selected_if_what_is_known_of_its_labels_says_so() {
        let node = "{kubernetes.io/arch: amd64}";
        for (labels, expected) in [
            ("{}", Some(true)),
            ("{kubernetes.io/os: linux}", Some(true)),
            ("{kubernetes.io/os: windows}", Some(false)),
            ("{kubernetes.io/arch: amd64}", Some(true)),
            ("{kubernetes.io/hostname: b}", Some(false)),
            ("{team: a}", None),
            ("{team: a, kubernetes.io/arch: arm64}", Some(false)),
        ] {
            assert_eq!(selected(labels, "null", node), expected, "{labels}");
        }
        assert_eq!(selected("{kubernetes.io/arch: arm64}", "null", "{}"), None);
    }

    #[test]
    fn one_term_of_an_affinity_is_enough() {
        let node = "{kubernetes.io/arch: amd64}";
        for (terms, expected) in [
            ("[]", Some(true)),
            ("[{}]", Some(false)),
            ("[{matchExpressions: [], matchFields: []}]", Some(false)),
            (
                "[{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [arm64]}]}]",
                Some(false),
            ),
            (
                "[{matchExpressions: [{key: kubernetes.io/arch, operator: NotIn, values: [amd64]}]}, \
                 {matchFields: [{key: metadata.name, operator: In, values: [a]}]}]",
                Some(true),
            ),
            (
                "[{matchExpressions: [{key: team, operator: Exists}]}, \
                 {matchFields: [{key: metadata.name, operator: In, values: [b]}]}]",
                None,
            ),
        ] {
            let affinity = format!(
                "{{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: {terms}}}}}"
            );
            assert_eq!(selected("{}", &affinity, node), expected, "{terms}");
        }
    }
}
