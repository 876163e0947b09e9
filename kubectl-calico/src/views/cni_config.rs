//! The CNI configuration in the ConfigMap of Calico's manifests.

use k8s_openapi::api::core::v1::ConfigMap;
use serde_yaml::Value;

use super::calico_node::entry;

/// The entry of the ConfigMap.
pub const KEY: &str = "cni_network_config";

/// What the configuration tells the IPAM plugin; `None` if it cannot be read. Placeholders such as
/// `"mtu": __CNI_MTU__` make it invalid JSON, but it is YAML.
pub fn ipam(config: &ConfigMap) -> Option<Value> {
    let config: Value = serde_yaml::from_str(entry(config, KEY)?).ok()?;
    let mut plugins = config.get("plugins")?.as_sequence()?.iter();
    plugins.find_map(|plugin| plugin.get("ipam").cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholders_of_the_manifests_are_no_obstacle() {
        let text = r#"{"plugins": [{"type": "calico", "mtu": __CNI_MTU__, "ipam": {"type": "calico-ipam"}}]}"#;
        let config = ConfigMap {
            data: Some([(KEY.to_owned(), text.to_owned())].into()),
            ..ConfigMap::default()
        };
        let ipam = ipam(&config).unwrap();
        assert_eq!(ipam.get("type").unwrap().as_str(), Some("calico-ipam"));
    }
}
