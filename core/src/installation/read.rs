//! Reading an Installation from its document.

use serde_yaml::{Mapping, Value};

use super::model::{Installation, Pool, WrongType};
use super::path;
use super::value::{integer, key_text, type_name};

const NETWORK: &str = "spec.calicoNetwork";

impl Installation {
    /// Reads an Installation from its document.
    pub fn read(document: &Value) -> Self {
        let mut reader = Reader::default();
        let mut installation = reader
            .map(document, "", "spec")
            .map(|spec| reader.installation(spec))
            .unwrap_or_default();
        installation.wrong_types = reader.wrong_types;
        installation.spec = document.get("spec").cloned().unwrap_or_default();
        installation
    }

    /// Reads an Installation from its spec.
    pub(crate) fn of_spec(spec: Value) -> Self {
        let mut document = Mapping::new();
        document.insert("spec".into(), spec);
        Self::read(&Value::Mapping(document))
    }
}

impl Pool {
    /// Reads an entry of the list of pools. A field of the wrong type is treated as unset.
    pub fn of(entry: Mapping) -> Self {
        Reader::default().pool(&Value::Mapping(entry), "")
    }
}

/// Reads fields by key and collects those of the wrong type.
#[derive(Default)]
struct Reader {
    wrong_types: Vec<WrongType>,
}

impl Reader {
    fn installation(&mut self, spec: &Value) -> Installation {
        let mut installation = Installation {
            provider: self
                .string(spec, "spec", "kubernetesProvider")
                .filter(|provider| !provider.is_empty()),
            ..Installation::default()
        };
        if let Some(cni) = self.map(spec, "spec", "cni") {
            let ipam = self.map(cni, "spec.cni", "ipam");
            installation.cni = self.string(cni, "spec.cni", "type");
            installation.ipam = ipam.and_then(|ipam| self.string(ipam, "spec.cni.ipam", "type"));
        }
        if let Some(network) = self.map(spec, "spec", "calicoNetwork") {
            self.network(network, &mut installation);
        }
        installation
    }

    fn network(&mut self, network: &Value, installation: &mut Installation) {
        installation.bgp = self.string(network, NETWORK, "bgp");
        installation.host_ports = self.string(network, NETWORK, "hostPorts");
        installation.cluster_routing_mode = self.string(network, NETWORK, "clusterRoutingMode");
        installation.linux_dataplane = self.string(network, NETWORK, "linuxDataplane");
        installation.windows_dataplane = self.string(network, NETWORK, "windowsDataplane");
        installation.autodetects_ipv6 = network
            .get("nodeAddressAutodetectionV6")
            .is_some_and(|value| !value.is_null());
        installation.pools = self.list(network, NETWORK, "ipPools").map(|pools| {
            pools
                .iter()
                .enumerate()
                .map(|(index, pool)| self.pool(pool, &path::pool(index)))
                .collect()
        });
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
            keys: pool.keys().filter_map(key_text).collect(),
        }
    }

    fn string(&mut self, parent: &Value, path: &str, key: &str) -> Option<String> {
        self.field(parent, path, key, "a string", |value| {
            value.as_str().map(str::to_owned)
        })
    }

    fn boolean(&mut self, parent: &Value, path: &str, key: &str) -> Option<bool> {
        self.field(parent, path, key, "a boolean", Value::as_bool)
    }

    fn map<'v>(&mut self, parent: &'v Value, path: &str, key: &str) -> Option<&'v Value> {
        self.field(parent, path, key, "an object", |value| {
            value.is_mapping().then_some(value)
        })
    }

    fn list<'v>(&mut self, parent: &'v Value, path: &str, key: &str) -> Option<&'v Vec<Value>> {
        self.field(parent, path, key, "an array", Value::as_sequence)
    }

    /// The value at `key` as `read` converts it. Null is treated as unset: the API server prunes
    /// it.
    fn field<'v, T>(
        &mut self,
        parent: &'v Value,
        path: &str,
        key: &str,
        expected: &'static str,
        read: impl Fn(&'v Value) -> Option<T>,
    ) -> Option<T> {
        let value = parent.get(key).filter(|value| !value.is_null())?;
        let converted = read(value);
        if converted.is_none() {
            let dot = if path.is_empty() { "" } else { "." };
            self.wrong_types.push(WrongType {
                path: format!("{path}{dot}{key}"),
                expected,
                found: type_name(value),
            });
        }
        converted
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value
        .as_sequence()?
        .iter()
        .map(|text| text.as_str().map(str::to_owned))
        .collect()
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
}
