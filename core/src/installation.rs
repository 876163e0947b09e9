//! The Installation resource, as far as pools depend on it.

use serde_yaml::{Mapping, Value};

/// Its group and version.
pub const API_VERSION: &str = "operator.tigera.io/v1";

/// Its kind.
pub const KIND: &str = "Installation";

/// The one name that the operator reads.
pub const DEFAULT_NAME: &str = "default";

/// The name of an Installation that the operator lays over the default one. Its pools are
/// ignored: the pool controller reads `default` only
/// (tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go).
pub const OVERLAY_NAME: &str = "overlay";

/// What was written, before the operator fills anything in. A field that is absent, null or of
/// the wrong type is `None`; wrong types are also listed in [`Installation::wrong_types`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Installation {
    /// `spec.kubernetesProvider`; empty counts as absent, as it does for the operator.
    pub provider: Option<String>,
    /// `spec.cni.type`
    pub cni: Option<String>,
    /// `spec.cni.ipam.type`
    pub ipam: Option<String>,
    /// `spec.calicoNetwork.bgp`: Enabled or Disabled.
    pub bgp: Option<String>,
    /// `spec.calicoNetwork.hostPorts`: Enabled or Disabled.
    pub host_ports: Option<String>,
    /// `spec.calicoNetwork.clusterRoutingMode` (operator 1.42 and later).
    pub cluster_routing_mode: Option<String>,
    /// `spec.calicoNetwork.linuxDataplane`
    pub linux_dataplane: Option<String>,
    /// `spec.calicoNetwork.windowsDataplane`
    pub windows_dataplane: Option<String>,
    /// Whether `spec.calicoNetwork.nodeAddressAutodetectionV6` is there.
    pub autodetects_ipv6: bool,
    /// `spec.calicoNetwork.ipPools`; absent and empty mean different things to the operator.
    pub pools: Option<Vec<Pool>>,
    /// Fields whose type the API server will not take.
    pub wrong_types: Vec<WrongType>,
}

/// An entry of `spec.calicoNetwork.ipPools`, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    /// `name`
    pub name: Option<String>,
    /// `cidr`
    pub cidr: Option<String>,
    /// `blockSize`
    pub block_size: Option<i64>,
    /// `encapsulation`
    pub encapsulation: Option<String>,
    /// `natOutgoing`
    pub nat_outgoing: Option<String>,
    /// `nodeSelector`
    pub node_selector: Option<String>,
    /// `allowedUses`
    pub allowed_uses: Option<Vec<String>>,
    /// `disableBGPExport`
    pub disable_bgp_export: Option<bool>,
    /// `disableNewAllocations` (operator 1.36 and later)
    pub disable_new_allocations: Option<bool>,
    /// `assignmentMode` (operator 1.38 and later)
    pub assignment_mode: Option<String>,
    /// Every key it has, in order.
    pub keys: Vec<String>,
}

impl Pool {
    /// Reads an entry. A field of the wrong type counts as absent.
    pub fn of(entry: Mapping) -> Self {
        Reader::default().pool(&Value::Mapping(entry), "")
    }
}

/// A field with a value of a type that the CRD does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType {
    /// Where, as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub path: String,
    /// What the CRD wants: `a string`, `an integer`, …
    pub expected: &'static str,
    /// What is there.
    pub found: &'static str,
}

impl Installation {
    /// Reads an Installation from its document.
    pub fn read(document: &Value) -> Self {
        let mut reader = Reader::default();
        let Some(spec) = reader.map(document, "", "spec") else {
            return Self {
                wrong_types: reader.wrong_types,
                ..Self::default()
            };
        };
        let provider = reader
            .string(spec, "spec", "kubernetesProvider")
            .filter(|provider| !provider.is_empty());
        let cni = reader.map(spec, "spec", "cni");
        let ipam = cni.and_then(|cni| reader.map(cni, "spec.cni", "ipam"));
        let cni_type = cni.and_then(|cni| reader.string(cni, "spec.cni", "type"));
        let ipam_type = ipam.and_then(|ipam| reader.string(ipam, "spec.cni.ipam", "type"));
        const NETWORK: &str = "spec.calicoNetwork";
        let network = reader.map(spec, "spec", "calicoNetwork");
        let mut text = |key| network.and_then(|network| reader.string(network, NETWORK, key));
        let bgp = text("bgp");
        let host_ports = text("hostPorts");
        let cluster_routing_mode = text("clusterRoutingMode");
        let linux_dataplane = text("linuxDataplane");
        let windows_dataplane = text("windowsDataplane");
        let pools = network
            .and_then(|network| reader.list(network, NETWORK, "ipPools"))
            .map(|pools| {
                let path = |index| format!("{NETWORK}.ipPools[{index}]");
                let pools = pools.iter().enumerate();
                pools.map(|(i, pool)| reader.pool(pool, &path(i))).collect()
            });
        Self {
            provider,
            cni: cni_type,
            ipam: ipam_type,
            bgp,
            host_ports,
            cluster_routing_mode,
            linux_dataplane,
            windows_dataplane,
            autodetects_ipv6: network
                .and_then(|network| network.get("nodeAddressAutodetectionV6"))
                .is_some_and(|value| !value.is_null()),
            pools,
            wrong_types: reader.wrong_types,
        }
    }

    /// What the core controller sees when an Installation named `overlay` lies over this one:
    /// each of its settings wins, and its pools do not count for what is judged here.
    /// Source: tigera/operator v1.42.3, pkg/controller/utils/merge.go.
    pub fn overlaid(self, overlay: Self) -> Self {
        Self {
            provider: overlay.provider.or(self.provider),
            cni: overlay.cni.or(self.cni),
            ipam: overlay.ipam.or(self.ipam),
            bgp: overlay.bgp.or(self.bgp),
            host_ports: overlay.host_ports.or(self.host_ports),
            cluster_routing_mode: overlay.cluster_routing_mode.or(self.cluster_routing_mode),
            linux_dataplane: overlay.linux_dataplane.or(self.linux_dataplane),
            windows_dataplane: overlay.windows_dataplane.or(self.windows_dataplane),
            autodetects_ipv6: overlay.autodetects_ipv6 || self.autodetects_ipv6,
            pools: self.pools,
            wrong_types: self.wrong_types,
        }
    }
}

/// Reads fields by key and remembers those of the wrong type.
#[derive(Default)]
struct Reader {
    wrong_types: Vec<WrongType>,
}

impl Reader {
    /// The value at `key` as `read` takes it. Null is absent: the API server prunes it.
    fn field<'v, T>(
        &mut self,
        parent: &'v Value,
        path: &str,
        key: &str,
        expected: &'static str,
        read: impl Fn(&'v Value) -> Option<T>,
    ) -> Option<T> {
        let value = parent.get(key).filter(|value| !value.is_null())?;
        let read = read(value);
        if read.is_none() {
            let dot = if path.is_empty() { "" } else { "." };
            self.wrong_types.push(WrongType {
                path: format!("{path}{dot}{key}"),
                expected,
                found: type_name(value),
            });
        }
        read
    }

    fn string(&mut self, parent: &Value, path: &str, key: &str) -> Option<String> {
        let read = |value: &Value| value.as_str().map(str::to_owned);
        self.field(parent, path, key, "a string", read)
    }

    fn boolean(&mut self, parent: &Value, path: &str, key: &str) -> Option<bool> {
        self.field(parent, path, key, "a boolean", Value::as_bool)
    }

    fn map<'v>(&mut self, parent: &'v Value, path: &str, key: &str) -> Option<&'v Value> {
        let read = |value: &'v Value| value.is_mapping().then_some(value);
        self.field(parent, path, key, "an object", read)
    }

    fn list<'v>(&mut self, parent: &'v Value, path: &str, key: &str) -> Option<&'v Vec<Value>> {
        self.field(parent, path, key, "an array", Value::as_sequence)
    }

    fn pool(&mut self, value: &Value, path: &str) -> Pool {
        let Some(pool) = value.as_mapping() else {
            self.wrong_types.push(WrongType {
                path: path.to_owned(),
                expected: "an object",
                found: type_name(value),
            });
            return Pool::default();
        };
        Pool {
            name: self.string(value, path, "name"),
            cidr: self.string(value, path, "cidr"),
            block_size: self.field(value, path, "blockSize", "an integer", integer),
            encapsulation: self.string(value, path, "encapsulation"),
            nat_outgoing: self.string(value, path, "natOutgoing"),
            node_selector: self.string(value, path, "nodeSelector"),
            allowed_uses: self.field(value, path, "allowedUses", "an array of strings", strings),
            disable_bgp_export: self.boolean(value, path, "disableBGPExport"),
            disable_new_allocations: self.boolean(value, path, "disableNewAllocations"),
            assignment_mode: self.string(value, path, "assignmentMode"),
            keys: keys(pool),
        }
    }
}

/// An integer as the API server takes it: `26.0` is one, since JSON has only numbers.
fn integer(value: &Value) -> Option<i64> {
    let whole = |float: f64| float.fract() == 0.0 && float.abs() < 9e15;
    value
        .as_i64()
        .or_else(|| value.as_f64().filter(|f| whole(*f)).map(|f| f as i64))
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let texts = value.as_sequence()?.iter();
    texts.map(|text| text.as_str().map(str::to_owned)).collect()
}

fn keys(pool: &Mapping) -> Vec<String> {
    let text = |key: &Value| match key {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    pool.keys().filter_map(text).collect()
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Sequence(_) => "an array",
        Value::Mapping(_) => "an object",
        Value::Tagged(_) => "a tagged value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Installation {
        Installation::read(&serde_yaml::from_str(text).unwrap())
    }

    #[test]
    fn absent_null_and_empty_pools_differ() {
        assert_eq!(read("spec: {}").pools, None);
        assert_eq!(read("spec: {calicoNetwork: {ipPools: }}").pools, None);
        assert_eq!(
            read("spec: {calicoNetwork: {ipPools: []}}").pools,
            Some(vec![])
        );
        assert_eq!(read("{}"), Installation::default());
        assert_eq!(read("spec: {kubernetesProvider: ''}").provider, None);
    }

    #[test]
    fn wrong_types_are_listed_with_their_path() {
        let found =
            read("spec: {cni: Calico, calicoNetwork: {ipPools: [{blockSize: '26', cidr: 10}, x]}}");
        let paths: Vec<&str> = found.wrong_types.iter().map(|w| w.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "spec.cni",
                "spec.calicoNetwork.ipPools[0].cidr",
                "spec.calicoNetwork.ipPools[0].blockSize",
                "spec.calicoNetwork.ipPools[1]"
            ]
        );
        assert_eq!(found.pools.unwrap().len(), 2);
    }

    #[test]
    fn an_overlay_wins_but_brings_no_pools() {
        let base = read("spec: {calicoNetwork: {bgp: Disabled, ipPools: [{cidr: 10.0.0.0/16}]}}");
        let over = read("spec: {calicoNetwork: {bgp: Enabled, ipPools: [{cidr: 10.9.0.0/16}]}}");
        let seen = base.clone().overlaid(over);
        assert_eq!(seen.bgp.as_deref(), Some("Enabled"));
        assert_eq!(seen.pools, base.pools);
    }
}
