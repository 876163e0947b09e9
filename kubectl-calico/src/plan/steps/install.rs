//! The steps of an install: no pool exists yet.

use serde_json::json;
use serde_yaml::Value;

use super::helm::{again, upgrade_release, upgrade_without_pools, version_flag, write_values};
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::plan::entries;
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::repair::installer_step::VALUES;
use crate::repair::kubectl::merge_installation_spec;
use crate::repair::resource_writer::delete_leftover_pools;

/// The name and the namespace of the release, as in Calico's documentation.
const RELEASE: &str = "calico";
const NAMESPACE: &str = "tigera-operator";

/// The steps up to a complete install. `entries` is the planned list of the Installation.
pub(crate) fn steps(inputs: &Inputs, entries: &[Value]) -> Vec<Step> {
    match inputs.facts.install.method.value() {
        Some(Method::OperatorOnly) => {
            let leftovers = inputs.leftovers();
            replace_operator(inputs)
                .into_iter()
                .chain(leftovers.before(inputs.snapshot))
                .chain([create_installation(inputs)])
                .chain(leftovers.after())
                .collect()
        }
        Some(Method::InstallationOnly) => correct_installation(inputs, entries)
            .into_iter()
            .chain([add_repository(inputs), install_operator(inputs)])
            .collect(),
        _ if inputs.facts.installation.is_some() => correct(inputs, entries),
        Some(Method::Manifest { .. } | Method::Canal | Method::Migrating) => Vec::new(),
        Some(Method::Remnants) => [
            delete_remnants(inputs),
            add_repository(inputs),
            install_release(inputs),
        ]
        .into(),
        _ => vec![add_repository(inputs), install_release(inputs)],
    }
}

/// Adds the repository and, for 3.32 and later, installs the CRDs. They are too large for client-side
/// apply, which keeps a copy of each in an annotation. Source: projectcalico/calico#7826 and #12860;
/// the charts of v3.32.1.
fn add_repository(inputs: &Inputs) -> Step {
    let has_crd_chart = inputs.operator.since(42);
    let step = if has_crd_chart {
        Step::new(
            "install Calico's CRDs, which have had their own chart since 3.32; use server-side \
             apply, because they exceed the 262144-byte limit for the annotation of client-side \
             apply, and --force-conflicts, because an earlier install may have left older ones",
        )
    } else {
        Step::new("add the Helm repository")
    };
    // A repository that was added earlier may lack the newest charts.
    let step = step
        .run("helm repo add projectcalico https://docs.tigera.io/calico/charts")
        .run("helm repo update projectcalico");
    if has_crd_chart {
        let version = version_flag(inputs);
        step.run(format!(
            "helm template calico-crds projectcalico/crd.projectcalico.org.v1{version} | kubectl \
             apply --server-side --force-conflicts -f -"
        ))
    } else {
        step
    }
}

fn install_release(inputs: &Inputs) -> Step {
    // docs/helm.md, "The conflict with the operator in Helm 4".
    let later = if inputs.networking.is_calico() {
        ". Regenerate the file once Calico is healthy: the operator adds its defaults to the \
         pools, and with Helm 4, an upgrade with a different list fails with a conflict"
    } else {
        ""
    };
    Step::new(format!(
        "install Calico with a values file, and keep the file for later upgrades; for one-time \
         use, replace the -f flag with $({}){later}",
        again(inputs, "flags")
    ))
    .run(write_values(inputs))
    .run(format!("{} -f {VALUES}", helm_install(inputs)))
}

fn install_operator(inputs: &Inputs) -> Step {
    let what = "install the operator; the Installation exists, so the chart must not create one";
    // Helm refuses to install what exists, and what has created the APIServer is most often custom-resources.yaml, which
    // has these, too.
    let others = match inputs.snapshot.api_servers.items() {
        [] => "",
        _ if inputs.operator.since(38) => {
            ",apiServer.enabled=false,goldmane.enabled=false,whisker.enabled=false"
        }
        _ => ",apiServer.enabled=false",
    };
    Step::new(what).run(format!(
        "{} --set installation.enabled=false{others}",
        helm_install(inputs)
    ))
}

/// The pools of an uninstall, which the operator would take over.
fn delete_remnants(inputs: &Inputs) -> Step {
    Step::new("delete the pools that the uninstall left behind")
        .run_all(delete_leftover_pools(inputs.snapshot))
}

fn helm_install(inputs: &Inputs) -> String {
    format!(
        "helm install {RELEASE} projectcalico/tigera-operator{} --namespace {NAMESPACE} \
         --create-namespace",
        version_flag(inputs)
    )
}

/// The operator that runs must be the one that the plan is for.
fn replace_operator(inputs: &Inputs) -> Option<Step> {
    let installed = inputs.facts.install.operator.value()?;
    let wanted = inputs.operator;
    let differs = installed.parse().ok() != Some(wanted);
    differs.then(|| {
        Step::new(format!(
            "replace the operator {installed} with {wanted}, which this plan is for, by upgrading \
             it where it is defined"
        ))
    })
}

fn create_installation(inputs: &Inputs) -> Step {
    Step::new("create the Installation that the operator is waiting for").run(format!(
        "{} | kubectl apply --server-side -f -",
        again(inputs, "installation")
    ))
}

/// The steps if the Installation differs from the plan. It is changed where it is defined, because
/// otherwise it would be overwritten.
fn correct(inputs: &Inputs, entries: &[Value]) -> Vec<Step> {
    let corrected = correct_installation(inputs, entries);
    let (Some(step), Some(Method::Operator { by })) =
        (&corrected, inputs.facts.install.method.value())
    else {
        return corrected.into_iter().collect();
    };
    if let Installer::Helm { release, namespace } = by {
        if !inputs.networking.is_calico() {
            let step = Step::new(format!(
                "take the pools out of the values of the release: {} assigns pod addresses, and the operator may \
                 reject pools that are listed. Helm 4 needs --force-conflicts if the operator has changed the \
                 Installation",
                inputs.networking.plugin
            ));
            return vec![step.run(upgrade_without_pools(inputs, release, namespace))];
        }
        let what = format!(
            "update the release{}. Helm 4 needs --force-conflicts if the operator has changed the Installation",
            freedom(inputs)
        );
        let step = Step::new(what)
            .run(write_values(inputs))
            .run(upgrade_release(inputs, release, namespace));
        return vec![step];
    }
    std::iter::once(step.clone())
        .chain(by.also_change().map(Step::new))
        .collect()
}

/// None if the Installation lists these pools already.
fn correct_installation(inputs: &Inputs, entries: &[Value]) -> Option<Step> {
    let spec = json!({"calicoNetwork": {"ipPools": entries}});
    let what = format!("update the Installation{}", freedom(inputs));
    (entries::written(inputs) != entries)
        .then(|| Step::new(what).run(merge_installation_spec(&spec)))
}

/// What can be changed, as far as it is known which pools have been created.
fn freedom(inputs: &Inputs) -> &'static str {
    let snapshot = inputs.snapshot;
    let is_known =
        snapshot.ip_pools.unknown().is_none() && snapshot.ipam_blocks.unknown().is_none();
    if !is_known {
        ", but only if no pool has been created yet, which is not known"
    } else if snapshot.ipam_blocks.items().is_empty() {
        "; no pool has been created yet, so everything can still be changed"
    } else {
        ""
    }
}
