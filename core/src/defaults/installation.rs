//! The defaults of an Installation.

use crate::cidr::{Cidr, CidrError, Family};
use crate::cluster_plan::ExistingPool;
use crate::installation::Installation;
use crate::operator::OperatorVersion;

use super::pool::{Defaults, EffectivePool, address_family};

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
    /// The pools. Empty if none are listed: the operator then creates pools that depend on the
    /// cluster.
    pub pools: Vec<EffectivePool>,
}

impl Effective {
    /// Fills in what `operator` would, as far as that does not depend on the cluster: a provider
    /// or CNI plugin that the operator detects there is not known here.
    pub fn of(written: &Installation, operator: OperatorVersion) -> Self {
        let provider = written.provider.as_deref().unwrap_or_default();
        let (cni, default_ipam) = default_cni(written.cni.clone(), provider);
        let ipam = written.ipam.clone().unwrap_or(default_ipam.to_owned());
        let bgp = match &written.bgp {
            Some(bgp) => bgp == "Enabled",
            None => default_bgp(&cni, provider),
        };
        Self {
            bgp,
            bgp_is_default: written.bgp.is_none(),
            pools: pools(written, &cni, operator),
            cni,
            ipam,
        }
    }

    /// Gives each pool without a name that of the existing pool with the same CIDR text, as the
    /// operator has done since 1.34.
    /// From 1.44 on, any notation of the CIDR counts.
    pub fn with_names_of(
        mut self,
        written: &Installation,
        existing: &[ExistingPool],
        operator: OperatorVersion,
    ) -> Self {
        let written = written.pools.as_deref().unwrap_or_default();
        for (pool, written) in self.pools.iter_mut().zip(written) {
            let name = pool.filled.iter_mut().find(|(key, _)| *key == "name");
            let network = pool.cidr.as_ref().and_then(|cidr| cidr.as_ref().ok());
            let network = network.map(Cidr::network).filter(|_| operator.since(44));
            let same = existing.iter().find(|existing| {
                Some(&existing.cidr) == written.cidr.as_ref()
                    || network.is_some() && existing.network() == network
            });
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

/// The CNI plugin, and the default of its IPAM plugin.
pub(super) fn default_cni(cni: Option<String>, provider: &str) -> (String, &'static str) {
    let cni = cni.unwrap_or_else(|| {
        let cni = match provider {
            "AKS" => "AzureVNET",
            "EKS" => "AmazonVPC",
            "GKE" => "GKE",
            _ => "Calico",
        };
        cni.to_owned()
    });
    let ipam = match cni.as_str() {
        "AzureVNET" => "AzureVNET",
        "AmazonVPC" => "AmazonVPC",
        "GKE" => "HostLocal",
        _ => "Calico",
    };
    (cni, ipam)
}

/// Whether BGP is enabled if the Installation does not say.
pub(super) fn default_bgp(cni: &str, provider: &str) -> bool {
    cni == "Calico" && provider != "EKS"
}

fn pools(written: &Installation, cni: &str, operator: OperatorVersion) -> Vec<EffectivePool> {
    let written = written.pools.as_deref().unwrap_or_default();
    let cidrs: Vec<Option<Result<Cidr, CidrError>>> = written
        .iter()
        .map(|pool| pool.cidr.as_deref().map(str::parse))
        .collect();
    let has = |family| {
        let mut networks = cidrs.iter().flatten().flatten();
        networks.any(|cidr| address_family(cidr) == family)
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
            let operator = operator.parse().unwrap();
            let effective = Effective::of(&written, operator);
            let effective = effective.with_names_of(&written, &existing, operator);
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
        assert_eq!(named("1.44")[1], Some("existing".to_owned()));
    }
}
