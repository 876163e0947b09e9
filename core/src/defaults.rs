//! What the operator fills in before it validates an Installation.
//!
//! Mirrors tigera/operator v1.42.3: pkg/controller/installation/core_controller.go
//! (`fillDefaults`) and pkg/controller/ippool/defaults.go. In 1.30 and 1.32 all of it is in
//! core_controller.go, with the same values.

use std::net::IpAddr;

use crate::cidr::{Cidr, CidrError, Family};
use crate::cluster_plan::ExistingPool;
use crate::installation::{Installation, Pool};
use crate::operator::OperatorVersion;
use crate::pool::{BlockSize, TUNNEL, Uses, WORKLOAD};

/// An Installation with the operator's defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// `spec.cni.type`
    pub cni: String,
    /// `spec.cni.ipam.type`
    pub ipam: String,
    /// Whether `spec.calicoNetwork.bgp` is Enabled.
    pub bgp: bool,
    /// Whether `bgp` is the operator's default.
    pub bgp_is_default: bool,
    /// The pools. Empty if none are written: which ones the operator then creates depends on the
    /// cluster.
    pub pools: Vec<EffectivePool>,
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

    /// What the pool's addresses are assigned to.
    pub fn uses(&self) -> Uses {
        Uses::of(self.allowed_uses.iter().map(String::as_str))
    }
}

impl Effective {
    /// Fills in what `operator` would, as far as that does not depend on the cluster: a provider
    /// or CNI plugin that the operator detects there is not known here.
    pub fn of(written: &Installation, operator: OperatorVersion) -> Self {
        let provider = written.provider.as_deref().unwrap_or_default();
        let cni = written.cni.as_deref().unwrap_or(match provider {
            "AKS" => "AzureVNET",
            "EKS" => "AmazonVPC",
            "GKE" => "GKE",
            _ => "Calico",
        });
        let ipam = written.ipam.as_deref().unwrap_or(match cni {
            "AzureVNET" => "AzureVNET",
            "AmazonVPC" => "AmazonVPC",
            "GKE" => "HostLocal",
            _ => "Calico",
        });
        let bgp = match &written.bgp {
            Some(bgp) => bgp == "Enabled",
            None => cni == "Calico" && provider != "EKS",
        };
        Self {
            bgp,
            bgp_is_default: written.bgp.is_none(),
            pools: pools(written, cni, operator),
            cni: cni.to_owned(),
            ipam: ipam.to_owned(),
        }
    }

    /// Gives each pool without a name that of the existing pool with the same CIDR text, as the
    /// operator does from 1.34 on.
    pub fn with_names_of(mut self, written: &Installation, existing: &[ExistingPool]) -> Self {
        let written = written.pools.as_deref().unwrap_or_default();
        for (pool, written) in self.pools.iter_mut().zip(written) {
            let name = pool.filled.iter_mut().find(|(key, _)| *key == "name");
            let same = existing
                .iter()
                .find(|existing| Some(&existing.cidr) == written.cidr.as_ref());
            if let (Some((_, name)), Some(same)) = (name, same) {
                name.clone_from(&same.name);
                pool.name = Some(same.name.clone());
            }
        }
        self
    }

    /// Whether Calico's CNI plugin provides the network of pods.
    pub fn is_calico_cni(&self) -> bool {
        self.cni == "Calico"
    }
}

fn pools(written: &Installation, cni: &str, operator: OperatorVersion) -> Vec<EffectivePool> {
    let written = written.pools.as_deref().unwrap_or_default();
    let cidrs: Vec<Option<Result<Cidr, CidrError>>> = written
        .iter()
        .map(|pool| pool.cidr.as_deref().map(str::parse))
        .collect();
    let has = |family| {
        let mut networks = cidrs.iter().flatten().flatten();
        networks.any(|cidr| cidr.family() == family)
    };
    let is_dual_stack = has(Family::V4) && has(Family::V6);
    let defaults = Defaults {
        operator,
        calico_cni: cni == "Calico",
        standard_names: written.len() == 1 || written.len() == 2 && is_dual_stack,
    };
    written
        .iter()
        .zip(cidrs)
        .map(|(pool, cidr)| defaults.fill(pool, cidr))
        .collect()
}

/// What the defaults of a pool depend on, besides its CIDR.
struct Defaults {
    operator: OperatorVersion,
    calico_cni: bool,
    /// Whether pools get the [`standard_name`] of their family.
    standard_names: bool,
}

impl Defaults {
    fn fill(&self, pool: &Pool, cidr: Option<Result<Cidr, CidrError>>) -> EffectivePool {
        let network = cidr.as_ref().and_then(|cidr| cidr.as_ref().ok());
        let family = network.map(Cidr::family);
        let mut filled = Filled(Vec::new());
        let block_size = filled.number(
            "blockSize",
            pool.block_size,
            family.map(|family| BlockSize::default_for(family).into()),
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

    /// The name on a cluster without an existing pool of the same CIDR, whose name it would take.
    /// Source: `fillDefaults` in pkg/controller/ippool/defaults.go.
    fn name(&self, cidr: &Cidr) -> String {
        if self.standard_names {
            standard_name(cidr.family()).to_owned()
        } else {
            name_of(cidr)
        }
    }
}

/// The fields that were filled in, in order: key and value.
struct Filled(Vec<(&'static str, String)>);

impl Filled {
    fn add(&mut self, key: &'static str, value: impl Into<String>) {
        self.0.push((key, value.into()));
    }

    /// The value as written, or the default. An empty text counts as not set.
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

/// The name of the only pool of a family, both the operator's and calico-node's.
pub fn standard_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "default-ipv4-ippool",
        Family::V6 => "default-ipv6-ippool",
    }
}

/// The name that the operator gives to one of several pools, as `10.244.0.0-16`.
/// Source: `cidrToName` in pkg/controller/ippool/defaults.go.
pub fn name_of(cidr: &Cidr) -> String {
    let address = match cidr.network().address() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address
            .segments()
            .map(|group| format!("{group:04x}"))
            .join("."),
    };
    format!("{address}-{}", cidr.prefix())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effective(spec: &str, operator: &str) -> Effective {
        let document = serde_yaml::from_str(&format!("spec: {spec}")).unwrap();
        Effective::of(&Installation::read(&document), operator.parse().unwrap())
    }

    #[test]
    fn an_ipv4_pool_of_calicos_own_cni() {
        let found = effective("{calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16}]}}", "1.42");
        assert_eq!(
            found.pools[0].filled,
            [
                ("blockSize", "26".to_owned()),
                ("encapsulation", "IPIP".to_owned()),
                ("natOutgoing", "Enabled".to_owned()),
                ("nodeSelector", "all()".to_owned()),
                ("name", "default-ipv4-ippool".to_owned()),
                ("allowedUses", "[Workload, Tunnel]".to_owned()),
                ("disableNewAllocations", "false".to_owned()),
                ("assignmentMode", "Automatic".to_owned()),
            ]
        );
        assert!(found.bgp && found.bgp_is_default);
    }

    #[test]
    fn ipv6_is_never_encapsulated_or_masqueraded_by_default() {
        let found = effective("{calicoNetwork: {ipPools: [{cidr: 'fd00::/64'}]}}", "1.32");
        assert_eq!(
            found.pools[0].filled,
            [
                ("blockSize", "122".to_owned()),
                ("encapsulation", "None".to_owned()),
                ("natOutgoing", "Disabled".to_owned()),
                ("nodeSelector", "all()".to_owned()),
            ]
        );
    }

    #[test]
    fn the_provider_decides_cni_and_bgp() {
        let cases = [
            ("{kubernetesProvider: EKS}", "AmazonVPC", "AmazonVPC", false),
            (
                "{kubernetesProvider: EKS, cni: {type: Calico}}",
                "Calico",
                "Calico",
                false,
            ),
            ("{kubernetesProvider: AKS}", "AzureVNET", "AzureVNET", false),
            ("{kubernetesProvider: GKE}", "GKE", "HostLocal", false),
            ("{kubernetesProvider: ''}", "Calico", "Calico", true),
        ];
        for (spec, cni, ipam, bgp) in cases {
            let found = effective(spec, "1.42");
            let seen = (found.cni.as_str(), found.ipam.as_str(), found.bgp);
            assert_eq!(seen, (cni, ipam, bgp), "{spec}");
        }
    }

    #[test]
    fn pools_beyond_one_per_family_are_named_after_their_cidr() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16}, {cidr: 10.1.0.9/16}, {cidr: 'fd00::/64'}]}}";
        let found = effective(spec, "1.42");
        let names: Vec<_> = found
            .pools
            .iter()
            .filter_map(|p| p.name.as_deref())
            .collect();
        assert_eq!(
            names,
            [
                "10.0.0.0-16",
                "10.1.0.0-16",
                "fd00.0000.0000.0000.0000.0000.0000.0000-64"
            ]
        );
    }

    #[test]
    fn a_pool_takes_the_name_of_the_existing_pool_with_the_same_cidr_text() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16}, {cidr: 'fd00::/64'}, {cidr: 10.1.0.0/16, name: c}]}}";
        let document = serde_yaml::from_str(&format!("spec: {spec}")).unwrap();
        let written = Installation::read(&document);
        let existing = ["10.0.0.0/16", "fd00:0::/64", "10.1.0.0/16"].map(|cidr| ExistingPool {
            name: "existing".to_owned(),
            cidr: cidr.to_owned(),
            ..ExistingPool::default()
        });
        let named = |operator: &str| {
            let effective = Effective::of(&written, operator.parse().unwrap());
            let effective = effective.with_names_of(&written, &existing);
            let pools = effective.pools.into_iter();
            pools.map(|pool| pool.name).collect::<Vec<_>>()
        };
        let names = [
            "existing",
            "fd00.0000.0000.0000.0000.0000.0000.0000-64",
            "c",
        ];
        assert_eq!(named("1.34"), names.map(|name| Some(name.to_owned())));
        assert_eq!(named("1.32"), [None, None, Some("c".to_owned())]);
    }
}
