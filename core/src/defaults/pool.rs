//! The defaults of a pool.

use crate::cidr::{Cidr, CidrError, Family};
use crate::installation::Pool;
use crate::operator::OperatorVersion;
use crate::pool::{TUNNEL, Uses, WORKLOAD};

use super::pool_name::{name_of, standard_name};

/// The prefix length of blocks that the operator fills in: /26 or /122, which is 64 addresses.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
pub const fn default_block_size(family: Family) -> u8 {
    match family {
        Family::V4 => 26,
        Family::V6 => 122,
    }
}

/// A pool with the operator's defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectivePool {
    /// The CIDR, if it can be parsed; `None` if there is none.
    pub cidr: Option<Result<Cidr, CidrError>>,
    /// `name`; operators before 1.34 have none.
    pub name: Option<String>,
    /// `blockSize`; `None` if the family is unknown.
    pub block_size: Option<i64>,
    /// `encapsulation`, which is not necessarily a valid one.
    pub encapsulation: Option<String>,
    /// `natOutgoing`
    pub nat_outgoing: Option<String>,
    /// `nodeSelector`
    pub node_selector: String,
    /// `allowedUses`
    pub allowed_uses: Vec<String>,
    /// `disableBGPExport`
    pub disables_bgp_export: bool,
    /// `disableNewAllocations`
    pub disables_new_allocations: bool,
    /// The fields that the operator filled in: key and value, in the order of the CRD.
    pub filled: Vec<(&'static str, String)>,
}

impl EffectivePool {
    /// The network, if the CIDR can be parsed.
    pub fn network(&self) -> Option<&Cidr> {
        self.cidr.as_ref()?.as_ref().ok()
    }

    /// The family, if the CIDR can be parsed.
    pub fn family(&self) -> Option<Family> {
        self.network().map(Cidr::family)
    }

    /// The family of the address, which determines the defaults: IPv4 for an IPv4-mapped IPv6
    /// address (Go's `To4`), unlike [`Self::family`].
    pub fn address_family(&self) -> Option<Family> {
        self.network().map(address_family)
    }

    /// What the pool's addresses are assigned to.
    pub fn uses(&self) -> Uses {
        Uses::of(self.allowed_uses.iter().map(String::as_str))
    }
}

/// What the defaults of a pool depend on, besides its CIDR.
pub(super) struct Defaults {
    pub(super) operator: OperatorVersion,
    pub(super) calico_cni: bool,
    /// Whether pools get the [`standard_name`] of their family.
    pub(super) standard_names: bool,
}

impl Defaults {
    pub(super) fn fill(&self, pool: &Pool, cidr: Option<Result<Cidr, CidrError>>) -> EffectivePool {
        let network = cidr.as_ref().and_then(|cidr| cidr.as_ref().ok());
        let family = network.map(address_family);
        let mut filled = Filled(Vec::new());
        let block_size = filled.number(
            "blockSize",
            pool.block_size,
            family.map(|family| default_block_size(family).into()),
        );
        let encapsulation = filled.text(
            "encapsulation",
            pool.encapsulation.as_ref(),
            family.map(|family| self.encapsulation(family)),
        );
        let nat_outgoing = filled.text(
            "natOutgoing",
            pool.nat_outgoing.as_ref(),
            family.map(nat_outgoing),
        );
        let node_selector = filled.text("nodeSelector", pool.node_selector.as_ref(), Some("all()"));
        let name = network
            .filter(|_| self.operator.since(34))
            .map(|cidr| self.name(cidr));
        let name = filled.text("name", pool.name.as_ref(), name.as_deref());
        let uses = pool.allowed_uses.as_deref().unwrap_or_default();
        if uses.is_empty() && self.operator.since(34) {
            filled.add("allowedUses", format!("[{WORKLOAD}, {TUNNEL}]"));
        }
        if pool.disable_new_allocations.is_none() && self.operator.since(36) {
            filled.add("disableNewAllocations", "false");
        }
        let mode = Some("Automatic").filter(|_| self.operator.since(38));
        filled.text("assignmentMode", pool.assignment_mode.as_ref(), mode);
        EffectivePool {
            name,
            block_size,
            encapsulation,
            nat_outgoing,
            node_selector: node_selector.unwrap_or_default(),
            allowed_uses: if uses.is_empty() {
                vec![WORKLOAD.to_owned(), TUNNEL.to_owned()]
            } else {
                uses.to_vec()
            },
            disables_bgp_export: pool.disable_bgp_export.unwrap_or(false),
            disables_new_allocations: pool.disable_new_allocations.unwrap_or(false),
            filled: filled.0,
            cidr,
        }
    }

    fn encapsulation(&self, family: Family) -> &'static str {
        if family == Family::V4 && self.calico_cni {
            "IPIP"
        } else {
            "None"
        }
    }

    /// The name in a cluster without an existing pool of the same CIDR. Otherwise, the pool gets
    /// that pool's name.
    /// Source: `fillDefaults` in pkg/controller/ippool/defaults.go.
    fn name(&self, cidr: &Cidr) -> String {
        if self.standard_names {
            standard_name(address_family(cidr)).to_owned()
        } else {
            name_of(cidr)
        }
    }
}

/// The family that the operator fills in defaults for.
/// Source: `fillDefaults` in pkg/controller/ippool/defaults.go, which asks `addr.To4() != nil`.
pub(super) fn address_family(cidr: &Cidr) -> Family {
    if cidr.mapped_ipv4().is_some() {
        Family::V4
    } else {
        cidr.family()
    }
}

/// The fields that were filled in, in order: key and value.
struct Filled(Vec<(&'static str, String)>);

impl Filled {
    fn add(&mut self, key: &'static str, value: impl Into<String>) {
        self.0.push((key, value.into()));
    }

    /// The value as written, or the default. An empty string is treated as unset.
    fn text(
        &mut self,
        key: &'static str,
        written: Option<&String>,
        default: Option<&str>,
    ) -> Option<String> {
        if let Some(written) = written.filter(|text| !text.is_empty()) {
            return Some(written.clone());
        }
        if let Some(default) = default {
            self.add(key, default);
        }
        default.map(str::to_owned)
    }

    fn number(
        &mut self,
        key: &'static str,
        written: Option<i64>,
        default: Option<i64>,
    ) -> Option<i64> {
        if let (None, Some(default)) = (written, default) {
            self.add(key, default.to_string());
        }
        written.or(default)
    }
}

/// Whether traffic that leaves the cluster from a pool gets the node's address, if `natOutgoing` is
/// not set. Source: `fillDefaults` in pkg/controller/ippool/defaults.go.
pub fn masquerades(family: Family) -> bool {
    family == Family::V4
}

fn nat_outgoing(family: Family) -> &'static str {
    if masquerades(family) {
        "Enabled"
    } else {
        "Disabled"
    }
}
