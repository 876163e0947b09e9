//! CNI plugins that are installed before Calico. Once Calico runs, status reports them (CAL506).

use crate::assess::check::Case;
use crate::assess::checks::other_plugins::{CILIUM, others};
use crate::assess::finding::Finding;
use crate::plan::catalog::OTHER_NETWORK_PLUGIN;
use crate::plan::inputs::Inputs;
use crate::snapshot::ObjectRef;
use crate::snapshot::{Node, flag_in};

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
        let nodes = inputs.snapshot.nodes.items().iter();
        return plugins
            .map(|(object, plugin)| other_network(&object, plugin))
            .chain(nodes.filter_map(flannel_of_k3s).take(1))
            .collect();
    }
    let install = &inputs.facts.install;
    if install.is_by_operator() || install.is_from_manifests() {
        return Vec::new();
    }
    plugins
        .find(|(_, plugin)| *plugin == CILIUM)
        .map(|(object, plugin)| other_policy(object, plugin))
        .into_iter()
        .collect()
}

fn other_network(object: &ObjectRef, plugin: &str) -> Finding {
    provides_network(object, plugin).fix(
        "remove it, including its file in /etc/cni/net.d on every node, or create the cluster \
         without it (kind: networking.disableDefaultCNI)",
    )
}

fn provides_network(object: &ObjectRef, plugin: &str) -> Finding {
    let message = format!("{plugin} already provides pod networking");
    Finding::warning(&OTHER_NETWORK_PLUGIN, object, message)
        .impact("on each node the first file in /etc/cni/net.d decides which plugin a pod gets")
}

fn other_policy(object: ObjectRef, plugin: &str) -> Finding {
    let message = format!("{plugin} already enforces network policy");
    Finding::error(&OTHER_NETWORK_PLUGIN, object, message)
        .impact("GKE and AKS support either its network policy or Calico's")
        .fix(
            "do not install Calico, or create the cluster without it (GKE: Dataplane V2, AKS: \
             --network-dataplane)",
        )
}

/// k3s runs flannel in its own process unless that is disabled.
fn flannel_of_k3s(node: &Node) -> Option<Finding> {
    const KEY: &str = "k3s.io/node-args";
    let arguments: Vec<String> = serde_json::from_str(node.metadata.annotation(KEY)?).ok()?;
    let is_server = arguments.first().map(String::as_str) == Some("server");
    let backend = flag_in(&mut arguments.iter(), "--flannel-backend").unwrap_or("vxlan");
    if !is_server || backend == "none" {
        return None;
    }
    let object = ObjectRef::named("Node", &node.metadata.name);
    let field = format!("annotation {KEY} --flannel-backend");
    Some(
        provides_network(&object, "the flannel built into k3s")
            .evidence(&object, field, backend)
            .fix("start the servers with --flannel-backend=none --disable-network-policy"),
    )
}
