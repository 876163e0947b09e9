//! The model of an Installation.

use serde_yaml::Value;

use super::path::value_at;

/// An Installation as written, before the operator fills anything in. A field that is not set, null
/// or of the wrong type is `None`; wrong types are also listed in [`Installation::wrong_types`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Installation {
    /// `spec.kubernetesProvider`; an empty string is treated as unset, as by the operator.
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
    /// Whether `spec.calicoNetwork.nodeAddressAutodetectionV6` is set.
    pub autodetects_ipv6: bool,
    /// `spec.calicoNetwork.ipPools`; not set and empty mean different things to the operator.
    pub pools: Option<Vec<Pool>>,
    /// Fields whose type the API server rejects.
    pub wrong_types: Vec<WrongType>,
    /// The whole of `spec`; null if there is none.
    pub spec: Value,
    /// Whether it is the result of merging two Installations, rather than one that was written as
    /// such.
    pub is_merged: bool,
    /// Whether the operator validates other pools in place of these: those of the Installation that was merged
    /// over this one.
    pub pools_are_hidden: bool,
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
    /// Every key, in order.
    pub keys: Vec<String>,
}

/// A field with a value of a type that the CRD does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType {
    /// The field, such as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub path: String,
    /// The type that the CRD requires: `a string`, `an integer`, …
    pub expected: &'static str,
    /// The type of the value.
    pub found: &'static str,
}

impl Installation {
    /// The value at a path below `spec`, such as `calicoNetwork.mtu`. Null is treated as unset.
    pub(crate) fn at(&self, path: &str) -> Option<&Value> {
        value_at(&self.spec, path).filter(|value| !value.is_null())
    }
}
