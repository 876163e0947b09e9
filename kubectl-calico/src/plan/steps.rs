//! What to do next, with the commands.

use serde::Serialize;
use serde_json::json;

use super::basis::Basis;
use super::command::patch_installation;
use super::live::Compared;
use super::{Pool, entries, lost, migrate};
use crate::assess::facts::install::{Method, OperatorBy};
use crate::assess::finding::{Finding, Severity};

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// What it does, and why where that is not plain.
    pub what: String,
    /// The commands that do it, a line each.
    pub commands: Vec<String>,
}

impl Step {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            commands: Vec::new(),
        }
    }

    /// With a command, unless that is empty because nobody could see what it does.
    pub(super) fn run(mut self, command: impl Into<String>) -> Self {
        let command = command.into();
        self.commands
            .extend((!command.is_empty()).then_some(command));
        self
    }
}

/// The release that this says to make, and its namespace: those of Calico's documentation.
const RELEASE: &str = "calico";
const NAMESPACE: &str = "tigera-operator";

/// From what is there to what is planned.
pub(super) fn steps(
    basis: &Basis,
    pools: &[Pool],
    live: &[Compared],
    findings: &[Finding],
) -> Vec<Step> {
    if basis.live_pools().next().is_some() {
        return change(basis, pools, live);
    }
    if pools.iter().any(Pool::has_open_values) {
        return Vec::new();
    }
    let mut steps = install(basis, pools);
    let wrong = findings
        .iter()
        .any(|found| found.severity == Severity::Error);
    if wrong && !steps.is_empty() {
        steps.insert(
            0,
            Step::new("put right what is wrong above: before that, none of this works"),
        );
    }
    steps
}

fn install(basis: &Basis, pools: &[Pool]) -> Vec<Step> {
    match basis.facts.install.method.value() {
        Some(Method::OperatorOnly) => vec![installation(basis), look()],
        _ if basis.facts.asked.is_some() => vec![correction(basis, pools), look()],
        Some(Method::Manifest { .. } | Method::Canal | Method::Migrating) => Vec::new(),
        _ => {
            let mut steps = definitions(basis);
            steps.push(release(basis));
            steps.push(look());
            steps
        }
    }
}

fn change(basis: &Basis, pools: &[Pool], live: &[Compared]) -> Vec<Step> {
    let mut steps: Vec<Step> = lost::put_back(basis).into_iter().collect();
    for compared in live.iter().filter(|compared| !compared.changes.is_empty()) {
        let planned = pools
            .iter()
            .find(|pool| pool.live.as_deref() == Some(&compared.pool));
        steps.extend(
            planned
                .into_iter()
                .flat_map(|planned| migrate::steps(basis, planned, compared)),
        );
    }
    if steps.is_empty() {
        return steps;
    }
    if let Some(Method::Operator {
        by: OperatorBy::Helm { .. },
    }) = basis.facts.install.method.value()
    {
        steps.push(
            Step::new(
                "put the pools into the release's values, or its next upgrade takes them back",
            )
            .run("kubectl calico plan -o values > values.yaml"),
        );
    }
    steps.push(look());
    steps
}

fn look() -> Step {
    Step::new("look at what came of it").run("kubectl calico status")
}

/// The definitions of the resources. They are too large for client-side apply, which keeps a copy
/// of each in an annotation. Source: projectcalico/calico#7826 and #12860; the charts of v3.32.1.
fn definitions(basis: &Basis) -> Vec<Step> {
    let repository = "helm repo add projectcalico https://docs.tigera.io/calico/charts";
    if !basis.operator.since(42) {
        return vec![Step::new("tell Helm where the chart is").run(repository)];
    }
    let version = version(basis);
    let step = Step::new(
        "make the definitions of Calico's resources: since 3.32 they are a chart of their own, \
         and too large for client-side apply, whose annotation may not be more than 262144 bytes",
    );
    vec![step.run(repository).run(format!(
        "helm template calico-crds projectcalico/crd.projectcalico.org.v1{version} | kubectl \
         apply --server-side -f -"
    ))]
}

fn release(basis: &Basis) -> Step {
    let version = version(basis);
    Step::new(format!(
        "install with a values file, which every later upgrade takes again; in place of -f, \
             for one time: $({})",
        again(basis, "flags")
    ))
    .run(format!("{} > values.yaml", again(basis, "values")))
    .run(format!(
        "helm install {RELEASE} projectcalico/tigera-operator{version} --namespace {NAMESPACE} \
         --create-namespace -f values.yaml"
    ))
}

/// The operator waits for an Installation.
fn installation(basis: &Basis) -> Step {
    Step::new("give the operator, which is there, the Installation that it waits for").run(format!(
        "{} | kubectl apply --server-side -f -",
        again(basis, "installation")
    ))
}

/// An Installation is there, and no pool came of it: all of it can still be changed.
fn correction(basis: &Basis, pools: &[Pool]) -> Step {
    let entries = entries::planned(basis, pools);
    let patch = json!({"spec": {"calicoNetwork": {"ipPools": entries}}});
    Step::new("let the Installation say so; no pool came of it yet, so all of it can be changed")
        .run(patch_installation("merge", &patch))
}

/// This plan again, in another format.
fn again(basis: &Basis, format: &str) -> String {
    let mut words = vec!["kubectl calico plan".to_owned()];
    words.extend(basis.asked.flags());
    words.push(format!("-o {format}"));
    words.join(" ")
}

/// ` --version 3.32.x`: the newest patch of the minor whose rules were applied.
fn version(basis: &Basis) -> String {
    let minor = basis.operator.calico();
    minor.map_or_else(String::new, |minor| format!(" --version {minor}.x"))
}
