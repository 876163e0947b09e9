//! CNI plugins that are installed before Calico. Once Calico runs, status reports them (CAL506).

use crate::assess::check::Case;
use crate::assess::checks::other_plugins::{CILIUM, CONNECTED_BY_FLANNEL, others};
use crate::assess::finding::{Finding, Severity};
use crate::plan::catalog::OTHER_NETWORK_PLUGIN;
use crate::plan::inputs::Inputs;
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::views::server_arguments::ServerArguments;

/// CNI plugins that do what Calico is meant to do.
pub(crate) fn findings(inputs: &Inputs) -> Vec<Finding> {
    if !inputs.pools().is_empty() {
        return Vec::new();
    }
    let case = Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    };
    let mut plugins = others(&case)
        .map(|(set, plugin)| (ObjectRef::of_object("DaemonSet", &set.metadata), plugin));
    if inputs.networking.is_calico() {
        let servers = ServerArguments::all(inputs.snapshot);
        return plugins
            .map(|(object, plugin)| other_network(&object, plugin))
            .chain(servers.filter_map(|it| flannel_of_k3s(&it)).take(1))
            .collect();
    }
    let install = &inputs.facts.install;
    if install.is_left_to_operator() || install.is_from_manifests() {
        return Vec::new();
    }
    plugins
        .find(|(_, plugin)| *plugin == CILIUM)
        .map(|(object, plugin)| other_policy(object, plugin))
        .into_iter()
        .collect()
}

fn other_network(object: &ObjectRef, plugin: &str) -> Finding {
    provides_network(object, plugin)
        .impact("on each node the first file in /etc/cni/net.d decides which plugin a pod gets")
        .fix(
            "remove it, including its file in /etc/cni/net.d on every node, or create the cluster \
             without it (kind: networking.disableDefaultCNI)",
        )
}

fn provides_network(object: &ObjectRef, plugin: &str) -> Finding {
    let message = format!("{plugin} already provides pod networking");
    Finding::warning(&OTHER_NETWORK_PLUGIN, object, message)
}

/// What comes before the install.
pub(crate) fn removal(findings: &[Finding]) -> Option<Step> {
    let is_one = |finding: &&Finding| {
        finding.code == OTHER_NETWORK_PLUGIN.code && finding.severity == Severity::Warning
    };
    findings.iter().find(is_one).map(|_| {
        Step::new(
            "remove the other network plugin first, as described in other-network-plugin: until then, it may connect the \
             pods in place of Calico",
        )
    })
}

fn other_policy(object: ObjectRef, plugin: &str) -> Finding {
    let message = format!("{plugin} already enforces network policy");
    Finding::error(&OTHER_NETWORK_PLUGIN, object, message)
        .impact("GKE and AKS support either Cilium's network policy or Calico's, not both")
        .fix(
            "do not install Calico, or create the cluster without Cilium (GKE: without Dataplane V2; \
             AKS: without --network-dataplane cilium)",
        )
}

fn flannel_of_k3s(server: &ServerArguments) -> Option<Finding> {
    let (backend, from) = server.flannel_backend()?;
    Some(
        provides_network(&server.node, "the flannel built into k3s")
            .read(&from, backend)
            .impact(CONNECTED_BY_FLANNEL)
            .fix(
                "set flannel-backend: none and disable-network-policy: true in the configuration of all \
                 servers, and restart k3s on every node",
            ),
    )
}
