//! What the operator makes of an Installation before it validates it.
//!
//! Mirrors tigera/operator v1.42.3: pkg/controller/installation/core_controller.go
//! (`fillDefaults`) and pkg/controller/ippool/defaults.go. In 1.30 and 1.32 all of it is in
//! core_controller.go, with the same values.

use crate::cidr::{Cidr, CidrError, Family};
use crate::cluster_plan::ExistingPool;
use crate::installation::Installation;
use crate::operator::OperatorVersion;
use crate::pool::{BlockSize, LOAD_BALANCER};

/// An Installation with the operator's defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// `spec.cni.type`
    pub cni: String,
    /// `spec.cni.ipam.type`
    pub ipam: String,
    /// Whether `spec.calicoNetwork.bgp` is Enabled.
    pub bgp: bool,
    /// Whether that was written, or is the operator's default.
    pub bgp_is_default: bool,
    /// The pools. Empty when none are written: which ones the operator then makes depends on
    /// the cluster.
    pub pools: Vec<EffectivePool>,
}

/// A pool with the operator's defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectivePool {
    /// The CIDR, if it can be read; `None` where none is written.
    pub cidr: Option<Result<Cidr, CidrError>>,
    /// `name`; operators before 1.34 have none.
    pub name: Option<String>,
    /// `blockSize`; `None` where the family is not known.
    pub block_size: Option<i64>,
    /// `encapsulation`, which may be none of the known ones.
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
    /// The network, if its CIDR can be read.
    pub fn network(&self) -> Option<&Cidr> {
        self.cidr.as_ref()?.as_ref().ok()
    }

    /// The family, if its CIDR can be read.
    pub fn family(&self) -> Option<Family> {
        self.network().map(Cidr::family)
    }

    /// Whether Services of type LoadBalancer take their addresses from it.
    pub fn is_for_load_balancers(&self) -> bool {
        self.allowed_uses.iter().any(|used| used == LOAD_BALANCER)
    }
}

impl Effective {
    /// Fills in what `operator` would, as far as that does not depend on the cluster: a provider
    /// or CNI plugin that the operator detects there is not known here.
    pub fn of(written: &Installation, operator: OperatorVersion) -> Self {
        let provider = written.provider.as_deref().unwrap_or_default();
        let cni = written.cni.clone().unwrap_or_else(|| {
            match provider {
                "AKS" => "AzureVNET",
                "EKS" => "AmazonVPC",
                "GKE" => "GKE",
                _ => "Calico",
            }
            .to_owned()
        });
        let ipam = written.ipam.clone().unwrap_or_else(|| {
            match cni.as_str() {
                "AzureVNET" => "AzureVNET",
                "AmazonVPC" => "AmazonVPC",
                "GKE" => "HostLocal",
                _ => "Calico",
            }
            .to_owned()
        });
        let bgp = match &written.bgp {
            Some(bgp) => bgp == "Enabled",
            None => cni == "Calico" && provider != "EKS",
        };
        let mut effective = Self {
            bgp,
            bgp_is_default: written.bgp.is_none(),
            pools: Vec::new(),
            cni,
            ipam,
        };
        effective.pools = effective.pools_of(written, operator);
        effective
    }

    /// Gives pools without a name that of the live pool of the same CIDR, by its text, as the
    /// operator does from 1.34 on.
    pub fn with_names_of(mut self, written: &Installation, live: &[ExistingPool]) -> Self {
        let written = written.pools.as_deref().unwrap_or_default();
        for (pool, written) in self.pools.iter_mut().zip(written) {
            let cidr = written.cidr.as_ref();
            let live = live.iter().find(|live| Some(&live.cidr) == cidr);
            let mut filled = pool.filled.iter_mut();
            let name = filled.find(|(key, _)| *key == "name");
            if let (Some((_, name)), Some(live)) = (name, live) {
                name.clone_from(&live.name);
                pool.name = Some(live.name.clone());
            }
        }
        self
    }

    /// Whether pods get their interfaces from Calico's CNI plugin.
    pub fn is_calico_cni(&self) -> bool {
        self.cni == "Calico"
    }

    fn pools_of(&self, written: &Installation, operator: OperatorVersion) -> Vec<EffectivePool> {
        let pools = written.pools.as_deref().unwrap_or_default();
        let cidrs: Vec<_> = pools
            .iter()
            .map(|pool| pool.cidr.as_deref().map(str::parse::<Cidr>))
            .collect();
        let families: Vec<_> = cidrs
            .iter()
            .map(|cidr| Some(cidr.as_ref()?.as_ref().ok()?.family()))
            .collect();
        let dual_stack =
            families.contains(&Some(Family::V4)) && families.contains(&Some(Family::V6));
        let standard_names = pools.len() == 1 || pools.len() == 2 && dual_stack;

        let mut effective = Vec::new();
        for ((pool, cidr), family) in pools.iter().zip(cidrs).zip(families) {
            let mut filled = Vec::new();
            let mut fill = |key: &'static str, written: Option<String>, value: Option<String>| {
                let empty = written.as_ref().is_none_or(String::is_empty);
                if let (true, Some(value)) = (empty, &value) {
                    filled.push((key, value.clone()));
                }
                if empty { value } else { written }
            };
            let block_size = fill(
                "blockSize",
                pool.block_size.map(|size| size.to_string()),
                family.map(|family| BlockSize::default_for(family).to_string()),
            );
            let encapsulation = fill(
                "encapsulation",
                pool.encapsulation.clone(),
                family.map(|family| match family {
                    Family::V4 if self.is_calico_cni() => "IPIP".to_owned(),
                    _ => "None".to_owned(),
                }),
            );
            let nat_outgoing = fill(
                "natOutgoing",
                pool.nat_outgoing.clone(),
                family.map(|family| match masquerades(family) {
                    true => "Enabled".to_owned(),
                    false => "Disabled".to_owned(),
                }),
            );
            let node_selector = fill(
                "nodeSelector",
                pool.node_selector.clone(),
                Some("all()".to_owned()),
            );
            let default_name = cidr
                .as_ref()
                .and_then(|cidr| cidr.as_ref().ok())
                .filter(|_| operator.since(34))
                .map(|cidr| default_name(cidr, standard_names));
            let name = fill("name", pool.name.clone(), default_name);
            let since = |minor, value: &str| operator.since(minor).then(|| value.to_owned());
            let uses = pool.allowed_uses.clone().filter(|uses| !uses.is_empty());
            let written_uses = uses.as_ref().map(|uses| uses.join(", "));
            fill("allowedUses", written_uses, since(34, "[Workload, Tunnel]"));
            let disabled = pool.disable_new_allocations;
            fill(
                "disableNewAllocations",
                disabled.map(|disabled| disabled.to_string()),
                since(36, "false"),
            );
            let mode = pool.assignment_mode.clone();
            fill("assignmentMode", mode, since(38, "Automatic"));
            effective.push(EffectivePool {
                cidr,
                name,
                block_size: block_size.and_then(|size| size.parse().ok()),
                encapsulation,
                nat_outgoing,
                node_selector: node_selector.unwrap_or_default(),
                allowed_uses: uses
                    .unwrap_or_else(|| vec!["Workload".to_owned(), "Tunnel".to_owned()]),
                disables_new_allocations: disabled.unwrap_or(false),
                filled,
            });
        }
        effective
    }
}

/// Whether what leaves the cluster from a pool of a family gets the node's address, where
/// `natOutgoing` does not say. Source: `fillDefaults` in pkg/controller/ippool/defaults.go.
pub fn masquerades(family: Family) -> bool {
    family == Family::V4
}

/// The name of the only pool of a family: the operator's, and calico-node's before there was one.
pub fn standard_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "default-ipv4-ippool",
        Family::V6 => "default-ipv6-ippool",
    }
}

/// The name of a pool that has none, on a cluster without a live pool of the same CIDR (whose
/// name it would take). Source: `fillDefaults` in pkg/controller/ippool/defaults.go.
fn default_name(cidr: &Cidr, standard: bool) -> String {
    match (standard, cidr.family()) {
        (true, family) => standard_name(family).to_owned(),
        (false, _) => name_of(cidr),
    }
}

/// The name that the operator gives to one of several pools, as `10.244.0.0-16`.
/// Source: `cidrToName` in pkg/controller/ippool/defaults.go.
pub fn name_of(cidr: &Cidr) -> String {
    let address = match cidr.network().address() {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => {
            let groups = address.segments().map(|group| format!("{group:04x}"));
            groups.join(".")
        }
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
    fn a_pool_takes_the_name_of_the_live_pool_that_is_spelt_alike() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16}, {cidr: 'fd00::/64'}, {cidr: 10.1.0.0/16, name: c}]}}";
        let document = serde_yaml::from_str(&format!("spec: {spec}")).unwrap();
        let written = Installation::read(&document);
        let live = ["10.0.0.0/16", "fd00:0::/64", "10.1.0.0/16"].map(|cidr| ExistingPool {
            name: "live".to_owned(),
            cidr: cidr.to_owned(),
            ..ExistingPool::default()
        });
        let named = |operator: &str| {
            let effective = Effective::of(&written, operator.parse().unwrap());
            let effective = effective.with_names_of(&written, &live);
            let names = effective.pools.into_iter().map(|pool| pool.name);
            names.collect::<Vec<_>>()
        };
        let names = ["live", "fd00.0000.0000.0000.0000.0000.0000.0000-64", "c"];
        assert_eq!(named("1.34"), names.map(|name| Some(name.to_owned())));
        assert_eq!(named("1.32"), [None, None, Some("c".to_owned())]);
    }
}
