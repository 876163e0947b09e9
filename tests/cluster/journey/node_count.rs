//! Typha follows the number of schedulable nodes.

use calico_test_support::helm::HELM_4_3;
use serde_json::{Value, json};

use super::is_long_wanted;
use super::setup::Journey;

#[test]
fn typha_follows_the_nodes_from_1_to_260() {
    if !is_long_wanted("Typha from 1 to 260 nodes") {
        return;
    }
    let Some(journey) = Journey::with_the_operator("node-count", HELM_4_3, 1) else {
        return;
    };
    journey.install_the_plugin_for_helm_4();
    journey.install();
    let mut count = 1;
    for more in [2, 3, 4, 5, 200, 260] {
        journey.terminal.heading(&format!("{more} nodes"));
        journey.add_nodes(count + 1, more);
        count = more;
        journey.settles();
    }
    for cordon in [100, 258] {
        journey
            .terminal
            .heading(&format!("{cordon} nodes are cordoned"));
        let nodes: Vec<String> = (1..=cordon)
            .map(|number| format!("node-{number}"))
            .collect();
        let cordon = format!("kubectl cordon {} > /dev/null", nodes.join(" "));
        journey.terminal.output(&cordon);
        journey.settles();
    }
}

impl Journey {
    /// Adds nodes like the first one.
    fn add_nodes(&self, first: u32, last: u32) {
        let get = self
            .cluster
            .kubectl(["get", "node", "node-1", "--output=json"]);
        let text = get.succeeded().stdout;
        let nodes: Vec<Value> = (first..=last)
            .map(|number| {
                let text = text.replace("node-1", &format!("node-{number}")).replace(
                    "172.18.0.3",
                    &format!("172.18.{}.{}", number / 250, number % 250 + 2),
                );
                let mut node: Value = serde_json::from_str(&text).expect("a node");
                node["metadata"]["resourceVersion"].take();
                node
            })
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": nodes}).to_string();
        self.cluster
            .kubectl_reading(&list, ["create", "--filename=-"])
            .succeeded();
    }
}
