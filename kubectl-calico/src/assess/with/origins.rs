//! Which fields of the manifests a finding follows from: the ones that it names, or those from which the
//! operator or calico-node takes the ones that it names.

use std::collections::{BTreeMap, BTreeSet};

use crate::assess::finding::{Evidence, Finding};
use crate::snapshot::{FileOverlay, ObjectRef, Snapshot};
use crate::views::calico_node::CalicoNode;

/// The Installation's pools.
const POOLS: &str = "spec.calicoNetwork.ipPools";

/// What the manifests set, and what follows from it.
pub(super) struct Origins {
    overlay: FileOverlay,
    /// The objects that the operator creates or changes to match the Installation, with the Installation's
    /// field.
    followed: BTreeMap<String, String>,
    /// The fields of these objects that it takes from the Installation: object and field, then the Installation's
    /// field and its value.
    taken: BTreeMap<(String, String), (String, String)>,
    /// The pools that it creates.
    created: BTreeSet<String>,
    /// The variables of calico-node that are entries of a ConfigMap: the DaemonSet and `env NAME`, then
    /// the ConfigMap and `data.KEY`.
    variables: BTreeMap<(String, String), (String, String)>,
}

/// Objects of the manifests with the fields that are to blame; without any if the whole object is.
pub(super) type Blamed = BTreeMap<String, BTreeSet<String>>;

impl Origins {
    /// Those of an overlay, in the cluster with it.
    pub(super) fn of(overlay: FileOverlay, snapshot: &Snapshot) -> Self {
        let nodes = CalicoNode::all(snapshot);
        let variables = nodes.iter().flat_map(|node| {
            let taken = node.taken_from_config_maps().into_iter();
            taken.map(move |(name, from)| {
                let variable = (node.object().to_string(), format!("env {name}"));
                (variable, (from.object.to_string(), from.field))
            })
        });
        Self {
            variables: variables.collect(),
            overlay,
            followed: BTreeMap::new(),
            taken: BTreeMap::new(),
            created: BTreeSet::new(),
        }
    }

    /// Adds what is assumed about the cluster.
    pub(super) fn assume(&mut self, what: &str) {
        self.overlay.assumed.push(what.to_owned());
    }

    /// Adds an object that the operator creates or changes because of a field of the Installation.
    pub(super) fn follow(&mut self, object: &ObjectRef, field: impl Into<String>) {
        self.followed.insert(object.to_string(), field.into());
    }

    /// Adds an object of which the operator sets these fields because of a field of the Installation with this value.
    pub(super) fn take(&mut self, object: &ObjectRef, fields: &[&str], from: &str, value: &str) {
        for field in fields {
            let field = (object.to_string(), (*field).to_owned());
            let from = (from.to_owned(), value.to_owned());
            self.taken.insert(field, from);
        }
        self.follow(object, from);
    }

    /// Names the field of the Installation in place of those that the operator will take from it, which have
    /// another value yet.
    pub(super) fn restate(&self, finding: &mut Finding) {
        let mut evidence: Vec<Evidence> = Vec::new();
        for mut given in std::mem::take(&mut finding.evidence) {
            let field = (given.object.to_string(), given.field.clone());
            if let Some((field, value)) = self.taken.get(&field) {
                given = Evidence {
                    object: ObjectRef::installation(),
                    field: field.clone(),
                    value: value.clone(),
                };
            }
            if !evidence.contains(&given) {
                evidence.push(given);
            }
        }
        finding.evidence = evidence;
    }

    /// Adds a pool of which the operator changes these fields of its entry, or that it deletes.
    pub(super) fn update(&mut self, pool: &ObjectRef, keys: &[&str]) {
        let installation = ObjectRef::installation().to_string();
        let changed = self.overlay.fields.get(&installation);
        let is_key = |path: &&String| {
            let key = path.rsplit('.').next().unwrap_or_default();
            path.starts_with(POOLS) && keys.contains(&key)
        };
        let fields: Vec<&str> = changed
            .into_iter()
            .flatten()
            .filter(is_key)
            .map(String::as_str)
            .collect();
        let field = if fields.is_empty() {
            POOLS.to_owned()
        } else {
            fields.join(", ")
        };
        self.follow(pool, field);
    }

    /// Adds a pool that the operator creates.
    pub(super) fn create(&mut self, pool: &ObjectRef) {
        self.follow(pool, POOLS);
        self.created.insert(pool.to_string());
    }

    /// Whether the operator creates or changes anything.
    pub(super) fn has_followers(&self) -> bool {
        !self.followed.is_empty()
    }

    /// What the manifests contain.
    pub(super) fn overlay(&self) -> &FileOverlay {
        &self.overlay
    }

    /// Whether the operator creates a pool of that name.
    pub(super) fn is_created(&self, object: &str) -> bool {
        self.created.contains(object) && !self.overlay.has(object)
    }

    /// Whether only the manifests have an object.
    pub(super) fn is_new(&self, object: &str) -> bool {
        self.overlay.new.contains(object)
    }

    /// Whether an object is in the manifests, or follows from them.
    pub(super) fn has(&self, object: &str) -> bool {
        self.overlay.has(object) || self.followed.contains_key(object)
    }

    /// Whether a finding is about an object that is in the manifests, or follows from them.
    pub(super) fn concern(&self, finding: &Finding) -> bool {
        let mut evidence = finding.evidence.iter();
        self.has(&finding.subject.to_string()) || evidence.any(|it| self.origin(it).is_some())
    }

    /// Whether what proves a finding are fields that the manifests set, objects that only they have, and
    /// Deployments that do not exist.
    pub(super) fn prove(&self, finding: &Finding) -> bool {
        let is_given = |evidence: &Evidence| {
            self.is_set(evidence)
                || (evidence.field == "exists" && self.is_new(&evidence.object.to_string()))
        };
        let is_missing = |evidence: &Evidence| {
            let object = &evidence.object;
            object.kind == "Deployment" && object.name.is_none() && evidence.value == "0"
        };
        let mut evidence = finding.evidence.iter();
        finding.evidence.iter().any(is_given) && evidence.all(|it| is_given(it) || is_missing(it))
    }

    /// Whether the manifests set the field of some evidence.
    pub(super) fn is_set(&self, evidence: &Evidence) -> bool {
        let object = evidence.object.to_string();
        is_field(&evidence.field)
            && (self.is_new(&object) || !self.changed(&object, &evidence.field).is_empty())
    }

    /// The objects of the manifests that a finding follows from. What is new there comes before what is
    /// only changed, and changed fields before others.
    pub(super) fn blamed(&self, finding: &Finding) -> Blamed {
        let mut all = Blamed::new();
        let mut changed = Blamed::new();
        let subject = finding.subject.to_string();
        if self.has(&subject) {
            let is_followed = self.followed.contains_key(&subject)
                && !self.overlay.has(&subject)
                && !self.is_created(&subject);
            let object = if is_followed {
                ObjectRef::installation().to_string()
            } else {
                subject
            };
            all.entry(object).or_default();
        }
        for (object, field) in finding.evidence.iter().filter_map(|it| self.origin(it)) {
            let fields = all.entry(object.clone()).or_default();
            let Some(field) = field else { continue };
            fields.insert(field.clone());
            let parts = self.changed(&object, &field);
            if !parts.is_empty() {
                changed.entry(object).or_default().extend(parts);
            }
        }
        if all.keys().any(|object| self.is_new(object)) {
            all.retain(|object, _| self.is_new(object));
        } else if !changed.is_empty() {
            all.retain(|object, _| self.is_created(object));
            all.extend(changed);
        } else {
            for (object, fields) in &mut all {
                if let Some(changed) = self.overlay.fields.get(object) {
                    fields.clone_from(changed);
                }
            }
        }
        all
    }

    /// The object in the manifests, and its field, from which the value of some evidence comes.
    fn origin(&self, evidence: &Evidence) -> Option<(String, Option<String>)> {
        let object = evidence.object.to_string();
        let field = is_field(&evidence.field).then(|| evidence.field.clone());
        let variable = (object.clone(), evidence.field.clone());
        if let Some((config, key)) = self.variables.get(&variable)
            && self.overlay.has(config)
        {
            return Some((config.clone(), Some(key.clone())));
        }
        if self.overlay.has(&object) || self.is_created(&object) {
            return Some((object, field));
        }
        let field = self.followed.get(&object)?;
        Some((ObjectRef::installation().to_string(), Some(field.clone())))
    }

    /// The fields of some evidence that the manifests change, or the parts of them; none if they change
    /// nothing of it.
    fn changed(&self, object: &str, field: &str) -> BTreeSet<String> {
        let changed = self.overlay.fields.get(object);
        let mut fields = BTreeSet::new();
        for field in field.split(", ") {
            let paths = changed.into_iter().flatten();
            for path in paths.filter(|path| is_same(path, field)) {
                let is_part = path.starts_with(field);
                fields.insert(if is_part { path } else { field }.to_owned());
            }
        }
        fields
    }
}

/// Whether evidence is a field that a manifest sets.
fn is_field(field: &str) -> bool {
    const STARTS: [&str; 9] = [
        "spec.",
        "data.",
        "networking.",
        "env ",
        "label ",
        "annotation ",
        "image",
        "encapsulation",
        "clusterCIDR",
    ];
    STARTS.iter().any(|start| field.starts_with(start))
}

/// Whether a changed path is a field of evidence, or part of it.
fn is_same(path: &str, field: &str) -> bool {
    let is_part = |whole: &str, part: &str| {
        let rest = part.strip_prefix(whole);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', ' ']))
    };
    let word = field.split([' ', '.']).next().unwrap_or_default();
    match word {
        "spec" | "data" | "label" | "annotation" => is_part(path, field) || is_part(field, path),
        "encapsulation" => path.ends_with("Mode") || path.ends_with("encapsulation"),
        // A variable, an image, or a value inside an entry of a ConfigMap.
        "env" | "image" => path.split(['.', '[']).any(|part| part == word),
        _ => path.starts_with("data."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_changed_with_its_parts_and_with_what_contains_it() {
        for (path, field, same) in [
            ("spec.pools[0].cidr", "spec.pools[0].cidr", true),
            ("spec.pools", "spec.pools[0].cidr", true),
            ("spec.pools[0].cidr", "spec.pools", true),
            ("spec.pools[0].cidr", "spec.pools[0].blockSize", false),
            ("spec.pool", "spec.pools", false),
            ("data.cni", "data.cni ipv4_pools", true),
            ("data.ClusterConfiguration", "networking.podSubnet", true),
            ("spec.template.spec.containers[0].env", "env FELIX_A", true),
            ("spec.template.spec.containers[0].image", "image", true),
            ("spec.ipipMode", "encapsulation", true),
        ] {
            assert_eq!(is_same(path, field), same, "{path} {field}");
        }
    }
}
