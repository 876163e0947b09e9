//! An Installation named `overlay`, merged over the default one.

use serde_yaml::{Mapping, Value};

use super::installation::{default_bgp, default_cni};
use crate::installation::Installation;

impl Installation {
    /// What the core controller sees if the Installation `overlay` is merged over this one: the
    /// overlay's settings win, but the defaults were filled in before, from this Installation
    /// alone. The pools stay those of this Installation, because the pool controller reads no other; the core
    /// controller validates those of the overlay, if that has any.
    /// Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go
    /// (`Reconcile`) and pkg/controller/utils/merge.go (`mergeCalicoNetwork`).
    pub fn overlaid(self, overlay: Self) -> Self {
        let mut spec = match self.spec {
            Value::Mapping(spec) => spec,
            _ => Mapping::new(),
        };
        fill(&mut spec, self.provider.as_deref().unwrap_or_default());
        let overlay_has_pools = overlay.pools.is_some();
        if let Value::Mapping(overlay) = overlay.spec {
            merge(&mut spec, overlay, 0);
        }
        Self {
            pools: self.pools,
            is_merged: true,
            pools_are_hidden: overlay_has_pools,
            ..Self::of_spec(Value::Mapping(spec))
        }
    }
}

/// Fills in the defaults that an overlay can contradict.
fn fill(spec: &mut Mapping, provider: &str) {
    let mut cni = taken(spec, "cni");
    let mut ipam = taken(&mut cni, "ipam");
    let mut network = taken(spec, "calicoNetwork");
    let (plugin, default_ipam) = default_cni(text(&cni, "type"), provider);
    set_default(&mut ipam, "type", default_ipam);
    set_default(&mut network, "linuxDataplane", "Iptables");
    let is_calico = plugin == "Calico";
    let bgp = if default_bgp(&plugin, provider) {
        "Enabled"
    } else {
        "Disabled"
    };
    set_default(&mut network, "bgp", bgp);
    if text(&network, "windowsDataplane").is_some_and(|dataplane| dataplane != "Disabled") {
        set_default(spec, "windowsNodes", Mapping::new());
    }
    if is_calico {
        if text(&network, "linuxDataplane").as_deref() == Some("Iptables") {
            set_default(&mut network, "linuxPolicySetupTimeoutSeconds", 0);
        }
        // Before 1.31 the default is Disabled with the eBPF dataplane.
        if text(&network, "linuxDataplane").as_deref() != Some("BPF") {
            set_default(&mut network, "hostPorts", "Enabled");
        }
        set_default(&mut network, "multiInterfaceMode", "None");
        let mut logging = taken(spec, "logging");
        set_default(&mut logging, "cni", Mapping::new());
        spec.insert("logging".into(), logging.into());
    }
    if provider == "AKS" {
        set_default(spec, "azure", Mapping::new());
    }
    cni.insert("type".into(), plugin.into());
    cni.insert("ipam".into(), ipam.into());
    spec.insert("cni".into(), cni.into());
    spec.insert("calicoNetwork".into(), network.into());
}

fn text(parent: &Mapping, key: &str) -> Option<String> {
    parent.get(key)?.as_str().map(str::to_owned)
}

fn set_default(parent: &mut Mapping, key: &str, value: impl Into<Value>) {
    if parent.get(key).is_none_or(Value::is_null) {
        parent.insert(key.into(), value.into());
    }
}

/// Removes and returns the object at `key`; an empty one if there is none.
fn taken(parent: &mut Mapping, key: &str) -> Mapping {
    match parent.remove(key) {
        Some(Value::Mapping(object)) => object,
        _ => Mapping::new(),
    }
}

/// Objects that are merged field by field, at any depth below `spec`. Any other value of the
/// overlay replaces that of the default Installation.
const MERGED: [&str; 3] = ["cni", "calicoNetwork", "windowsNodes"];

fn merge(base: &mut Mapping, overlay: Mapping, depth: usize) {
    for (key, value) in overlay {
        let name = key.as_str().unwrap_or_default().to_owned();
        let is_override = name.ends_with("DaemonSet") || name.ends_with("Deployment");
        let is_merged = depth == 0 && (MERGED.contains(&name.as_str()) || is_override);
        match (base.get_mut(&key), value) {
            (_, Value::Null) => {}
            (_, Value::String(text)) if text.is_empty() && depth == 0 => {}
            (Some(Value::Mapping(base)), Value::Mapping(overlay)) if is_merged => {
                merge(base, overlay, depth + 1);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(spec: &str) -> Installation {
        Installation::read(&serde_yaml::from_str(&format!("spec: {spec}")).unwrap())
    }

    #[test]
    fn an_overlay_wins_but_its_pools_are_ignored() {
        let base = read("{calicoNetwork: {bgp: Disabled, ipPools: [{cidr: 10.0.0.0/16}]}}");
        let over = read("{calicoNetwork: {bgp: Enabled, ipPools: [{cidr: 10.9.0.0/16}]}}");
        let seen = base.clone().overlaid(over);
        assert_eq!(seen.bgp.as_deref(), Some("Enabled"));
        assert_eq!(seen.pools, base.pools);
        assert!(seen.pools_are_hidden);
    }

    #[test]
    fn defaults_are_those_of_the_default_installation() {
        let seen = read("{}").overlaid(read("{kubernetesProvider: EKS}"));
        assert_eq!(seen.cni.as_deref(), Some("Calico"));
        assert_eq!(seen.bgp.as_deref(), Some("Enabled"));
        let seen = read("{}").overlaid(read("{cni: {type: AmazonVPC}}"));
        assert_eq!(seen.ipam.as_deref(), Some("Calico"));
    }
}
