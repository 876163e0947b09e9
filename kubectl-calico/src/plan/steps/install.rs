//! The steps of an install: where there is no live pool yet.

use serde_json::json;
use serde_yaml::Value;

use super::helm::{again, upgrade_release, version_flag, write_values};
use crate::assess::facts::install::Method;
use crate::assess::facts::installer::Installer;
use crate::assess::finding::{Finding, Severity};
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::repair::kubectl::merge_installation_spec;
use crate::repair::lasting::VALUES;

/// The release that this says to make, and its namespace: those of Calico's documentation.
const RELEASE: &str = "calico";
const NAMESPACE: &str = "tigera-operator";

/// Up to an install that works.
pub(crate) fn steps(inputs: &Inputs, entries: &[Value], findings: &[Finding]) -> Vec<Step> {
    let mut steps = match inputs.facts.install.method.value() {
        Some(Method::OperatorOnly) => vec![installation(inputs)],
        Some(Method::InstallationOnly) => {
            let mut steps = vec![correction(entries)];
            steps.extend(definitions(inputs));
            steps.push(operator(inputs));
            steps
        }
        _ if inputs.facts.installation.is_some() => corrected(inputs, entries),
        Some(Method::Manifest { .. } | Method::Canal | Method::Migrating) => Vec::new(),
        _ => {
            let mut steps = definitions(inputs);
            steps.push(release(inputs));
            steps
        }
    };
    let wrong = |found: &Finding| found.severity == Severity::Error;
    if findings.iter().any(wrong) && !steps.is_empty() {
        let first = "put right what is wrong above: before that, none of this works";
        steps.insert(0, Step::new(first));
    }
    steps
}

/// The definitions of the resources. They are too large for client-side apply, which keeps a copy
/// of each in an annotation. Source: projectcalico/calico#7826 and #12860; the charts of v3.32.1.
fn definitions(inputs: &Inputs) -> Vec<Step> {
    // An index of the repository from before does not hold the newest charts.
    let repository = |step: Step| {
        step.run("helm repo add projectcalico https://docs.tigera.io/calico/charts")
            .run("helm repo update projectcalico")
    };
    if !inputs.operator.since(42) {
        return vec![repository(Step::new("tell Helm where the chart is"))];
    }
    let version = version_flag(inputs);
    let step = Step::new(
        "make the definitions of Calico's resources: since 3.32 they are a chart of their own, \
         and too large for client-side apply, whose annotation may not be more than 262144 bytes",
    );
    vec![repository(step).run(format!(
        "helm template calico-crds projectcalico/crd.projectcalico.org.v1{version} | kubectl \
         apply --server-side -f -"
    ))]
}

fn release(inputs: &Inputs) -> Step {
    // docs/helm.md, "Helm 4 and the operator".
    let write_again = match inputs.networking.is_calico() {
        true => {
            ". Write the file again once all is well: the operator completes the list of pools, \
             and with Helm 4 an upgrade with another list conflicts"
        }
        false => "",
    };
    Step::new(format!(
        "install with a values file, which every later upgrade takes again; in place of -f, for \
         one time: $({}){write_again}",
        again(inputs, "flags")
    ))
    .run(write_values(inputs))
    .run(format!("{} -f {VALUES}", helm_install(inputs)))
}

/// The operator for an Installation that is there.
fn operator(inputs: &Inputs) -> Step {
    Step::new("install the operator; the Installation is there, so that the chart is to make none")
        .run(format!(
            "{} --set installation.enabled=false",
            helm_install(inputs)
        ))
}

fn helm_install(inputs: &Inputs) -> String {
    format!(
        "helm install {RELEASE} projectcalico/tigera-operator{} --namespace {NAMESPACE} \
         --create-namespace",
        version_flag(inputs)
    )
}

/// The operator waits for an Installation.
fn installation(inputs: &Inputs) -> Step {
    Step::new("give the operator, which is there, the Installation that it waits for").run(format!(
        "{} | kubectl apply --server-side -f -",
        again(inputs, "installation")
    ))
}

/// The Installation says something else than is planned: whoever wrote it would write it again.
fn corrected(inputs: &Inputs, entries: &[Value]) -> Vec<Step> {
    let by = match inputs.facts.install.method.value() {
        Some(Method::Operator { by }) => by,
        _ => return vec![correction(entries)],
    };
    if let Installer::Helm { release, namespace } = by {
        let step = Step::new(
            "let the release say so; no pool came of the Installation yet, so all of it can be \
             changed. Helm 4 takes --force-conflicts where the operator has written to it",
        );
        return vec![
            step.run(write_values(inputs))
                .run(upgrade_release(inputs, release, namespace)),
        ];
    }
    let also = by.also_change().map(Step::new);
    std::iter::once(correction(entries)).chain(also).collect()
}

/// An Installation is there, and no pool came of it.
fn correction(entries: &[Value]) -> Step {
    let spec = json!({"calicoNetwork": {"ipPools": entries}});
    Step::new("let the Installation say so; no pool came of it yet, so all of it can be changed")
        .run(merge_installation_spec(&spec))
}
