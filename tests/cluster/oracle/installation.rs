//! The Installation with the operator's defaults.

use serde_json::{Value, json};

use super::{Objects, equal, name, text};

/// What the operator says that it has installed.
pub(super) fn defaults(objects: &Objects, report: &Value) -> Vec<String> {
    let Some(status) = objects.installation().map(|it| &it["status"]) else {
        return Vec::new();
    };
    let computed = &status["computed"];
    // It states neither before it has succeeded once.
    if computed.is_null() || is_behind(objects) {
        return Vec::new();
    }
    let network = &computed["calicoNetwork"];
    let facts = &report["facts"];
    let bgp = json!(network["bgp"] == "Enabled");
    let mtu = match network["mtu"].as_u64() {
        None | Some(0) => json!("auto"),
        Some(mtu) => json!(mtu),
    };
    let dataplane = match text(&network["linuxDataplane"]) {
        "Iptables" => "iptables",
        "Nftables" => "nftables",
        "BPF" => "eBPF",
        other => other,
    };
    [
        equal(
            "Calico's version",
            &status["calicoVersion"],
            &facts["install"]["calico"]["value"],
        ),
        equal(
            "IPAM",
            &computed["cni"]["ipam"]["type"],
            &facts["ipam"]["value"],
        ),
        equal("BGP", &bgp, &facts["routing"]["bgp"]["runs"]["value"]),
        equal("MTU", &mtu, &facts["routing"]["mtu"]["value"]),
        equal(
            "data plane",
            &json!(dataplane),
            &facts["dataplane"]["value"],
        ),
    ]
    .concat()
}

/// Whether the operator has not carried out the Installation as it is.
fn is_behind(objects: &Objects) -> bool {
    let generation = objects
        .installation()
        .map(|it| &it["metadata"]["generation"]);
    let calico = objects
        .tigera_statuses
        .iter()
        .find(|it| name(it) == "calico");
    !objects.failing().is_empty()
        || calico.is_none_or(|it| {
            super::list(&it["status"]["conditions"])
                .any(|condition| Some(&condition["observedGeneration"]) != generation)
        })
}
