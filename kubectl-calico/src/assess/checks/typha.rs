//! Whether Typha is there where it is needed, and Felix uses it where it is there.

use calico_core::catalog::Entry;
use calico_core::typha::MANIFEST_NODES_WITHOUT_TYPHA;
use serde_json::json;

use super::paste;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::install::Method;
use crate::assess::facts::typha::{NAME, has_pods};
use crate::assess::facts::variant::Variant;
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::{CalicoNode, entry};
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS, NODES};

/// The variable that tells Felix of Typha's Service.
pub(crate) const VARIABLE: &str = "FELIX_TYPHAK8SSERVICENAME";

pub(crate) const TYPHA_MISSING: Check = Check {
    entry: Entry {
        code: "CAL401",
        title: "Typha is missing",
        meaning: "Calico was installed from manifests, more than 50 nodes run Felix, and there is no \
                Typha.",
        impact: "Every Felix watches the API server by itself. The load grows with the number of \
                  nodes times the rate of changes, until the API server answers late and policies \
                  take effect late.",
        criteria: "The nodes that calico-node is scheduled to are counted, cordoned ones included. \
                 The operator always runs Typha, so this is about manifests only. With an etcd of \
                 its own Calico needs no Typha.",
        fix: "In place of calico.yaml apply calico-typha.yaml of the same version, with your own \
              changes and the number of replicas that `kubectl calico status` names. Beside any \
              other manifest add Typha's Deployment and Service from it, and tell Felix of them by \
              FELIX_TYPHAK8SSERVICENAME. Changing typha_service_name in calico.yaml's ConfigMap \
              does nothing.",
        source: "Calico's documentation, installation on self-managed on-premises clusters; \
                 projectcalico/calico v3.32.1, manifests/calico-typha.yaml",
    },
    needs: &[&NODES, &DAEMON_SETS, &DEPLOYMENTS],
    judges: Judges::Running,
    find: |case| {
        let typha = &case.facts.typha;
        let (Some(wanted), true) = (typha.wanted.value(), case.facts.install.is_from_manifests())
        else {
            return Vec::new();
        };
        // Where Felix is told of one that is not there, CAL403 tells.
        let told = typha.used.value() == Some(&true);
        let there = typha.deployment.value().is_some() || has_pods(case.snapshot);
        if wanted.replicas == 0 || told || there {
            return Vec::new();
        }
        let finding = Finding::warning(&TYPHA_MISSING.entry,
            "Deployment kube-system/calico-typha",
            format!(
                "{} nodes run Felix, and there is no Typha: past {MANIFEST_NODES_WITHOUT_TYPHA} it needs {} replicas",
                wanted.nodes, wanted.replicas
            ),
        )
        .evidence(ObjectRef::all("Node"), "count", wanted.nodes)
        .impact("each of them watches the API server by itself, which slows it down for all")
        .fixed_by(install(case, wanted.replicas));
        vec![finding]
    },
};

/// How Typha comes to an install from manifests.
pub(crate) fn install(case: &Case, replicas: u32) -> Step {
    let url = case.facts.install.manifest_url("calico-typha.yaml");
    let same = matches!(
        case.facts.install.method.value(),
        Some(Method::Manifest {
            variant: Variant::Calico | Variant::Typha
        })
    );
    let what = match same {
        true => format!(
            "apply calico-typha.yaml of the same version, with your own changes and {replicas} \
             replicas"
        ),
        false => format!(
            "add Typha's Deployment and Service from calico-typha.yaml of the same version, with \
             {replicas} replicas; once they are ready, tell Felix of them by {VARIABLE}"
        ),
    };
    Step::new(what).run(url.map_or_else(String::new, |url| format!("curl -LO {url}")))
}

pub(crate) const TYPHA_UNUSED: Check = Check {
    entry: Entry {
        code: "CAL402",
        title: "Felix does not use Typha",
        meaning: "There is a Typha, or calico-config names one, and Felix is not told of it.",
        impact: "Every Felix goes on watching the API server by itself: Typha runs for nothing, \
                  and who set it up believes that it helps.",
        criteria: "Felix is told by FELIX_TYPHAK8SSERVICENAME or FELIX_TYPHAADDR in the environment \
                 of calico-node; none is the same as nothing. Only calico-typha.yaml and \
                 calico-policy-only.yaml take the first from typha_service_name of calico-config: \
                 in calico.yaml that entry has no effect. It is a warning where a Typha runs, and \
                 a note where it is only named. The operator tells Felix always.",
        fix: "Tell Felix of it by FELIX_TYPHAK8SSERVICENAME, once Typha is ready; or remove it.",
        source: "projectcalico/calico v3.32.1, manifests/calico.yaml, manifests/calico-typha.yaml",
    },
    needs: &[&DAEMON_SETS, &DEPLOYMENTS],
    judges: Judges::Running,
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
    let object = typha.object();
    let finding = Finding::warning(
        &TYPHA_UNUSED.entry,
        &object,
        "Typha runs, and Felix does not use it",
    )
    .evidence(&object, "spec.replicas", typha.replicas)
    .evidence(node.object(), format!("env {VARIABLE}"), "not set")
    .impact("each Felix watches the API server by itself");
    let finding = match typha.ready {
        0 => finding.fix("make Typha ready first, then tell Felix of it; or remove it"),
        _ => finding
            .fix("tell Felix of it; calico-node restarts node by node")
            .paste(paste::variable(&node, VARIABLE, NAME)),
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
            format!("{name} names a Typha, and nothing reads that"),
        )
        .evidence(&object, "data.typha_service_name", service)
        .evidence(node.object(), format!("env {VARIABLE}"), "not set")
        .impact("each Felix watches the API server by itself")
        .fix("set it back to none, or install Typha with calico-typha.yaml")
        .paste(paste::config(name, &json!({"typha_service_name": "none"}))),
    )
}
