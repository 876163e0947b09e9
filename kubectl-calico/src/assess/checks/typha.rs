//! Whether Typha exists if it is needed, and Felix uses it if it exists.

use calico_core::catalog::Entry;
use calico_core::typha::MANIFEST_NODES_WITHOUT_TYPHA;
use serde_json::json;

use crate::assess::advice::bundled::bundled;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::bundle::BundledSetting;
use crate::facts::manifest::Manifest;
use crate::facts::method::Method;
use crate::facts::typha::{NAME, deployment_object, has_pods};
use crate::repair::Step;
use crate::repair::calico_node::set_variable;
use crate::repair::kubectl::patch_config_map;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{AWS_TYPHAS, CALICO_CONFIG, DAEMON_SETS, DEPLOYMENTS, NODES};
use crate::views::calico_node::{CalicoNode, entry};

/// The variable that configures Felix with Typha's Service.
pub(crate) const VARIABLE: &str = "FELIX_TYPHAK8SSERVICENAME";

pub(crate) const TYPHA_MISSING: Check = Check {
    entry: Entry {
        code: "CAL401",
        title: "Typha is missing",
        meaning: "Calico was installed from manifests, more than 50 nodes run Felix, and there is \
                  no Typha.",
        impact: "Every Felix instance watches the API server directly. The load grows with the \
                 number of nodes times the rate of changes, until the API server slows down and \
                 policies take effect with a delay.",
        criteria: "The nodes that calico-node is scheduled to are counted, including cordoned \
                   ones. The operator always runs Typha, so this applies to manifest installs \
                   only. With the etcd datastore, Calico does not need Typha.",
        fix: "Instead of calico.yaml, apply calico-typha.yaml of the same version, with your own \
              changes and the number of replicas that kubectl calico status reports. With any \
              other manifest, add the Typha Deployment and Service from calico-typha.yaml, and set \
              FELIX_TYPHAK8SSERVICENAME on calico-node. Changing typha_service_name in \
              calico.yaml's ConfigMap has no effect.",
        source: "Calico's documentation, installation on self-managed on-premises clusters; \
                 projectcalico/calico v3.32.1, manifests/calico-typha.yaml",
    },
    needs: &[&NODES, &DAEMON_SETS, &DEPLOYMENTS],
    // That Felix does not use Typha.
    excuses: &[&CALICO_CONFIG, &AWS_TYPHAS],
    judges: Judges::Configured,
    find: |case| {
        let typha = &case.facts.typha;
        let (Some(wanted), true) = (typha.wanted.value(), case.facts.install.is_from_manifests())
        else {
            return Vec::new();
        };
        // If Felix is configured to use a missing Typha, that is CAL403.
        let is_used = typha.used.value() == Some(&true);
        let exists = typha.deployment.value().is_some() || has_pods(case.snapshot);
        if wanted.replicas == 0 || is_used || exists {
            return Vec::new();
        }
        let finding = Finding::warning(
            &TYPHA_MISSING.entry,
            ObjectRef::in_namespace("Deployment", "kube-system", "calico-typha"),
            format!(
                "{} nodes run Felix without Typha: with more than \
                 {MANIFEST_NODES_WITHOUT_TYPHA} nodes, {} replicas are needed",
                wanted.nodes, wanted.replicas
            ),
        )
        .evidence(
            ObjectRef::all("Node"),
            "count (running Felix)",
            wanted.nodes,
        )
        .impact("each node watches the API server directly, which slows the API server down for all clients")
        .fixed_by(install(case, wanted.replicas));
        vec![finding]
    },
};

/// The step that adds Typha to a manifest install.
pub(crate) fn install(case: &Case, replicas: u32) -> Step {
    if let Some(step) = bundled(case, BundledSetting::TyphaReplicas(replicas)) {
        return step;
    }
    let url = case.facts.install.manifest_url("calico-typha.yaml");
    let same = matches!(
        case.facts.install.method.value(),
        Some(Method::Manifest {
            variant: Manifest::Calico | Manifest::Typha
        })
    );
    let what = if same {
        format!(
            "apply calico-typha.yaml of the same version, with your own changes and {replicas} \
             replicas"
        )
    } else {
        format!(
            "add Typha's Deployment and Service from calico-typha.yaml of the same version, with \
             {replicas} replicas; once they are ready, set {VARIABLE} on calico-node"
        )
    };
    Step::new(what).run(url.map_or_else(String::new, |url| format!("curl -LO {url}")))
}

pub(crate) const TYPHA_UNUSED: Check = Check {
    entry: Entry {
        code: "CAL402",
        title: "Felix does not use Typha",
        meaning: "Typha exists, or calico-config names it, but Felix is not configured to use it.",
        impact: "Every Felix instance still watches the API server directly: Typha has no effect.",
        criteria: "Felix is configured by FELIX_TYPHAK8SSERVICENAME or FELIX_TYPHAADDR in \
                   calico-node's environment; the value none means unset. Only calico-typha.yaml \
                   and calico-policy-only.yaml take the former from typha_service_name in \
                   calico-config: in calico.yaml that entry has no effect. The finding is a \
                   warning if Typha is running, and a note if calico-config only names it. The \
                   operator always configures Felix.",
        fix: "Set FELIX_TYPHAK8SSERVICENAME on calico-node once Typha is ready, or remove Typha.",
        source: "projectcalico/calico v3.32.1, manifests/calico.yaml, manifests/calico-typha.yaml",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    excuses: &[&AWS_TYPHAS],
    judges: Judges::Configured,
    find: |case| {
        if case.facts.typha.used.value() != Some(&false) || !case.facts.install.is_from_manifests()
        {
            return Vec::new();
        }
        let finding = unused(case).or_else(|| only_named(case));
        finding.into_iter().collect()
    },
};

fn unused(case: &Case) -> Option<Finding> {
    let typha = case.facts.typha.deployment.value()?;
    let node = CalicoNode::current(case.snapshot)?;
    let object = deployment_object(typha);
    let finding = Finding::warning(
        &TYPHA_UNUSED.entry,
        &object,
        "Typha is running, but Felix does not use it",
    )
    .evidence(&object, "spec.replicas", typha.replicas)
    .evidence(node.object(), format!("env {VARIABLE}"), "not set")
    .impact("each Felix instance watches the API server directly");
    let finding = match typha.ready {
        0 => finding.fix(format!(
            "fix Typha first, then set {VARIABLE} on calico-node; or remove Typha"
        )),
        _ => finding
            .fix(
                "unless Typha requires certificates (TYPHA_CAFILE in its environment), configure Felix to use it; \
                 calico-node restarts node by node. Where it does, Felix needs certificates as well \
                 (FELIX_TYPHACAFILE, FELIX_TYPHACERTFILE, FELIX_TYPHAKEYFILE and FELIX_TYPHACN): without them, calico-node \
                 does not become ready",
            )
            .paste(set_variable(&node.object(), VARIABLE, NAME)),
    };
    (typha.replicas > 0).then_some(finding)
}

fn only_named(case: &Case) -> Option<Finding> {
    let node = CalicoNode::current(case.snapshot)?;
    let (config, name) = node.config();
    let service = entry(config.read()?, "typha_service_name")?;
    if service.is_empty() || service.eq_ignore_ascii_case("none") {
        return None;
    }
    let object = ObjectRef::config_map(name);
    Some(
        Finding::note(
            &TYPHA_UNUSED.entry,
            &object,
            format!("{name} names Typha, but nothing reads that entry"),
        )
        .evidence(&object, "data.typha_service_name", service)
        .evidence(node.object(), format!("env {VARIABLE}"), "not set")
        .impact("each Felix instance watches the API server directly")
        .fix("set it back to none, or install Typha with calico-typha.yaml")
        .paste(patch_config_map(
            &object,
            &json!({"typha_service_name": "none"}),
        )),
    )
}
