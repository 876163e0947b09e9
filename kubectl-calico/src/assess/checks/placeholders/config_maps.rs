//! Placeholders in the ConfigMaps that Calico reads.

use k8s_openapi::api::core::v1::ConfigMap;

use super::placeholder::{Placeholder, is_placeholder};
use crate::assess::advice::services_endpoint;
use crate::assess::check::Case;
use crate::phrases::pasted_names;
use crate::repair::Step;
use crate::repair::kubectl::restart;
use crate::snapshot::{ObjectRef, Provenance, Reading};
use crate::views::calico_node::CalicoNode;

/// Values of these ConfigMaps, but templates that install-cni fills in.
pub(super) fn placeholders(case: &Case) -> Vec<Placeholder> {
    let snapshot = case.snapshot;
    let restarts = case.facts.install.is_from_manifests();
    let edit = |config: &ConfigMap| {
        let (namespace, name) = pasted_names(&config.metadata);
        let mut commands = format!("kubectl edit configmaps -n {namespace} {name}");
        let node = CalicoNode::current(snapshot).filter(|_| restarts);
        if let Some(node) = node {
            commands.push('\n');
            commands.push_str(&restart(&node.object()));
        }
        let what = if restarts {
            "replace it with the value, and restart calico-node"
        } else {
            "replace it with the value; the operator then restarts calico-node"
        };
        Step::new(what).run(commands)
    };
    let readings: [(&Reading<ConfigMap>, bool); 5] = [
        (&snapshot.calico_config, false),
        (&snapshot.canal_config, false),
        (&snapshot.rke2_canal_config, false),
        (&snapshot.services_endpoint, true),
        (&snapshot.manifest_services_endpoint, true),
    ];
    let configs = readings.iter().filter_map(|(reading, is_address)| {
        let config = reading.read()?;
        Some((config, *is_address))
    });
    configs
        .flat_map(|(config, is_address)| {
            let entries = config.data.iter().flatten();
            let templates = ["cni_network_config", "net-conf.json"];
            let entries = entries.filter(move |(key, value)| {
                !templates.contains(&key.as_str()) && is_placeholder(key, value)
            });
            entries.map(move |(key, value)| Placeholder {
                from: Provenance::new(
                    ObjectRef::of_object("ConfigMap", &config.metadata),
                    format!("data.{key}"),
                ),
                value: value.clone(),
                is_address,
                step: if is_address {
                    address(case, config)
                } else {
                    edit(config)
                },
            })
        })
        .collect()
}

/// Sets the address of the API server in the ConfigMap that has only that.
fn address(case: &Case, config: &ConfigMap) -> Step {
    let what = "replace HOST with the address of the API server, or of its load balancer, and 6443 if it listens on another port";
    let node = CalicoNode::current(case.snapshot).filter(|node| !node.is_of_operator());
    let of_manifest = config.metadata.namespace.as_deref() == Some("kube-system");
    match node.filter(|_| of_manifest) {
        Some(node) => Step::new(format!("{what}, and restart calico-node"))
            .run(services_endpoint::set_in_manifest(case, &node)),
        None => Step::new(format!("{what}; the operator then restarts calico-node"))
            .run(services_endpoint::set(case)),
    }
}
