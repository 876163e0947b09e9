//! Network plugins that are there before Calico is. Beside Calico status finds them (CAL506).

use crate::assess::check::Case;
use crate::assess::checks::other_plugins::{CILIUM, others};
use crate::assess::finding::Finding;
use crate::plan::catalog::OTHER_NETWORK_PLUGIN;
use crate::plan::inputs::Inputs;
use crate::snapshot::ObjectRef;
use crate::snapshot::{Node, flag_in};

/// Plugins that give pods their network already, where Calico is to.
pub(crate) fn findings(inputs: &Inputs) -> Vec<Finding> {
    if !inputs.pools().is_empty() {
        return Vec::new();
    }
    let case = Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    };
    let others = others(&case)
        .map(|(set, plugin)| (ObjectRef::of_object("DaemonSet", &set.metadata), plugin));
    if !inputs.networking.is_calico() {
        let install = &inputs.facts.install;
        let is_there = install.is_by_operator() || install.is_from_manifests();
        let mut cilium = others.filter(|(_, plugin)| *plugin == CILIUM && !is_there);
        return cilium.next().map(policies_of_cilium).into_iter().collect();
    }
    let sets = others.map(|(object, plugin)| {
        finding(&object, plugin).fix(
            "remove it, with its file in /etc/cni/net.d on every node, or set the cluster up without \
             it (kind: networking.disableDefaultCNI)",
        )
    });
    let nodes = inputs.snapshot.nodes.items().iter();
    sets.chain(nodes.filter_map(flannel_of_k3s).take(1))
        .collect()
}

fn finding(object: &ObjectRef, plugin: &str) -> Finding {
    Finding::warning(
        &OTHER_NETWORK_PLUGIN,
        object,
        format!("{plugin} does the network of pods already"),
    )
    .impact("on each node the first file in /etc/cni/net.d decides which plugin a pod gets")
}

/// Beside a platform's own plugin Calico does policies, unless that is Cilium, which does them itself.
/// Source: Google's documentation, GKE Dataplane V2; Microsoft's, Azure CNI powered by Cilium.
fn policies_of_cilium((object, plugin): (ObjectRef, &str)) -> Finding {
    let message = format!("{plugin} does the policies of pods already");
    Finding::error(&OTHER_NETWORK_PLUGIN, object, message)
        .impact("GKE and AKS have either its policies or Calico's")
        .fix(
            "leave Calico out, or make the cluster without it (GKE: Dataplane V2, AKS: \
             --network-dataplane)",
        )
}

/// k3s runs flannel inside of itself unless it is told not to.
fn flannel_of_k3s(node: &Node) -> Option<Finding> {
    const KEY: &str = "k3s.io/node-args";
    let arguments: Vec<String> = serde_json::from_str(node.metadata.annotation(KEY)?).ok()?;
    let is_server = arguments.first().map(String::as_str) == Some("server");
    let backend = flag_in(&mut arguments.iter(), "--flannel-backend").unwrap_or("vxlan");
    let object = ObjectRef::named("Node", &node.metadata.name);
    (is_server && backend != "none").then(|| {
        finding(&object, "flannel, inside of k3s,")
            .evidence(
                &object,
                format!("annotation {KEY} --flannel-backend"),
                backend,
            )
            .fix("start the servers with --flannel-backend=none --disable-network-policy")
    })
}
