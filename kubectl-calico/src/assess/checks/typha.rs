//! Whether Typha is there where it is needed, used, and as large as it should be.

use calico_core::typha::MANIFEST_NODES_WITHOUT_TYPHA;

use crate::assess::check::{Check, Explain};
use crate::assess::facts::install::Method;
use crate::assess::finding::Finding;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS, NODES};

pub(super) const TYPHA_MISSING: Check = Check {
    code: "CAL401",
    title: "Typha is missing",
    needs: &[&NODES, &DAEMON_SETS, &DEPLOYMENTS],
    explain: Explain {
        means: "Calico was installed from manifests, more than 50 nodes run Felix, and there is no \
                Typha.",
        matters: "Every Felix watches the API server by itself. The load grows with the number of \
                  nodes times the rate of changes, until the API server answers late and policies \
                  take effect late.",
        judged: "The nodes that calico-node is scheduled to are counted, cordoned ones included. \
                 The operator always runs Typha, so this is about manifests only.",
        fix: "Apply calico-typha.yaml of the same version in place of calico.yaml, with the number \
              of replicas that `kubectl calico status` names. Changing typha_service_name in \
              calico.yaml's ConfigMap does nothing: only calico-typha.yaml tells Felix of it.",
        source: "Calico's documentation, installation on self-managed on-premises clusters; \
                 projectcalico/calico v3.32.1, manifests/calico-typha.yaml",
    },
    find: |case| {
        let typha = &case.facts.typha;
        let by_manifest = matches!(
            case.facts.install.method.value(),
            Some(Method::Manifest { .. } | Method::Canal)
        );
        let (Some(wanted), true) = (typha.wanted.value(), by_manifest) else {
            return Vec::new();
        };
        if wanted.replicas == 0 || typha.deployment.value().is_some() {
            return Vec::new();
        }
        let finding = Finding::warning(
            "Deployment kube-system/calico-typha",
            format!(
                "{} nodes run Felix, and there is no Typha: past {MANIFEST_NODES_WITHOUT_TYPHA} it needs {} replicas",
                wanted.nodes, wanted.replicas
            ),
        )
        .seen("Nodes", "count", wanted.nodes)
        .then("each of them watches the API server by itself, which slows it down for all")
        .fix(format!(
            "apply calico-typha.yaml of the same version with {} replicas",
            wanted.replicas
        ));
        vec![finding]
    },
};
