//! The Installation to create where there is none.

use calico_core::installation::DEFAULT_NAME;
use serde_json::{Map, Value, json};

use super::new_pools::new_pools;
use crate::assess::check::Case;
use crate::facts::Facts;
use crate::facts::installation::operator;
use crate::facts::installer::{Installer, installer};
use crate::repair::Step;
use crate::repair::command::Command;
use crate::repair::existing_entries::existing_entries;
use crate::repair::here_document::{here_document, lines};
use crate::repair::installation_settings::{self, settings, unknown};
use crate::repair::leftover_pools::Leftovers;
use crate::snapshot::Snapshot;

/// The steps that create it, with what must come before and after.
pub(crate) fn steps(case: &Case, is_abandoned: bool) -> Vec<Step> {
    let facts = case.facts;
    let leftovers = Leftovers::of(facts, operator(&facts.install));
    let before = leftovers.before(case.snapshot).into_iter();
    before
        .chain([creation(case, is_abandoned)])
        .chain(leftovers.after())
        .collect()
}

/// What to do first about an Installation that is gone while Calico runs.
const RESTORE: &str = "restore the Installation from Git or from Helm's values";

/// Why no Installation can be proposed for the Calico that runs, as what to do instead.
pub(crate) fn only_restored(snapshot: &Snapshot, facts: &Facts) -> Option<String> {
    let why = unknown(snapshot, facts)?;
    Some(format!("{RESTORE}: {why}"))
}

/// Another way to bring it back, `otherwise`.
pub(crate) fn restored(otherwise: &str) -> String {
    format!(
        "{RESTORE} if you can; otherwise {otherwise}, with the settings that the running Calico shows, and add \
         those that it does not show, such as imagePullSecrets, resources and tolerations"
    )
}

fn creation(case: &Case, is_abandoned: bool) -> Step {
    if let Some(only) = only_restored(case.snapshot, case.facts) {
        return Step::new(only);
    }
    let spec = spec(case);
    let has_api_server = !case.snapshot.api_servers.items().is_empty();
    let platform = case.facts.cluster.platform.value().copied();
    let (what, command) = match installer(case.snapshot, platform).0 {
        Installer::Helm { release, namespace } => (
            format!(
                "set this in the values of the Helm release {release} in namespace {namespace} \
                 and upgrade the release (the chart creates the Installation by default)"
            ),
            values(spec),
        ),
        _ => (
            "create the Installation".to_owned(),
            objects(spec, has_api_server),
        ),
    };
    let what = if is_abandoned { restored(&what) } else { what };
    Step::new(what).run(command)
}

/// The settings that the cluster needs, and the pools: those that exist, or else new ones in the pod CIDR. Where the
/// platform's own CNI plugin connects pods, there are none.
fn spec(case: &Case) -> Spec {
    let facts = case.facts;
    let existing = existing_entries(facts, operator(&facts.install));
    let is_calico = match installation_settings::without_installation(case.snapshot, facts) {
        Some(node) => node.connects_pods() != Some(false),
        None => !facts.cluster.is_managed() || !existing.is_empty(),
    };
    let settings = settings(case.snapshot, facts, is_calico);
    let mut spec = installation_settings::spec(&settings);
    let is_default = spec.is_empty() && existing.is_empty();
    let pools: Vec<Value> = if existing.is_empty() {
        new_pools(case)
            .into_iter()
            .map(|(_, entry)| entry)
            .collect()
    } else {
        existing.into_iter().map(Value::Object).collect()
    };
    if is_calico && !pools.is_empty() {
        let network = spec.entry("calicoNetwork").or_insert_with(|| json!({}));
        if let Some(network) = network.as_object_mut() {
            network.insert("ipPools".to_owned(), pools.into());
        }
    }
    Spec {
        fields: spec,
        is_default,
    }
}

struct Spec {
    fields: Map<String, Value>,
    /// Whether nothing in the cluster requires more than what the chart creates.
    is_default: bool,
}

/// The values of the chart.
fn values(spec: Spec) -> Command {
    let mut installation = if spec.is_default {
        Map::new()
    } else {
        spec.fields
    };
    installation.insert("enabled".to_owned(), true.into());
    lines(&json!({ "installation": installation }))
}

/// Creates the Installation, and the API server that the operator needs to change pools later, unless there is one.
fn objects(spec: Spec, has_api_server: bool) -> Command {
    let object = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "operator.tigera.io/v1",
            "kind": kind,
            "metadata": {"name": DEFAULT_NAME},
            "spec": spec,
        })
    };
    let mut items = vec![object("Installation", spec.fields.into())];
    if !has_api_server {
        items.push(object("APIServer", json!({})));
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    here_document("kubectl create -f -", &list)
}
