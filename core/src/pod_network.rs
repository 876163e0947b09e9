//! The pod network: the CIDRs that Kubernetes is configured with, and how they are read.

use std::fmt;

use serde_yaml::Value;

use crate::cidr::{Cidr, CidrError};

/// Where a pod network was read from, the most authoritative source first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// `spec.clusterNetwork` of OpenShift's Network `cluster`.
    OpenShift,
    /// `networking.podSubnet` in the ConfigMap kube-system/kubeadm-config.
    Kubeadm,
    /// `--cluster-cidr` of a kube-controller-manager pod.
    ControllerManager,
    /// `clusterCIDR` in the ConfigMap kube-system/kube-proxy.
    KubeProxy,
    /// `--cluster-cidr` in the arguments that k3s and RKE2 record on their nodes.
    NodeArguments,
    /// `spec.podCIDRs` of the nodes: parts of the pod network, and so only a lower bound.
    NodePodCidrs,
}

impl Source {
    /// Whether the operator rejects pools outside the network. It reads the first two sources only,
    /// and only while no pool exists.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
    pub fn is_enforced(self) -> bool {
        matches!(self, Self::OpenShift | Self::Kubeadm)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenShift => "Network cluster (config.openshift.io)",
            Self::Kubeadm => "ConfigMap kube-system/kubeadm-config",
            Self::ControllerManager => "kube-controller-manager --cluster-cidr",
            Self::KubeProxy => "ConfigMap kube-system/kube-proxy",
            Self::NodeArguments => "the node's --cluster-cidr argument",
            Self::NodePodCidrs => "the nodes' spec.podCIDRs",
        })
    }
}

/// A pod network, and where it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodNetwork {
    /// The source.
    pub source: Source,
    /// Its CIDRs, in order.
    pub cidrs: Vec<Cidr>,
}

impl PodNetwork {
    /// Whether it [`hold`]s every address of a pool.
    pub fn holds(&self, pool: &Cidr) -> bool {
        hold(&self.cidrs, pool)
    }
}

/// Whether every address of a pool is in one of the CIDRs of a pod network, as the operator requires
/// (`cidrWithinCidr`, tigera/operator v1.42.3, pkg/controller/ippool/defaults.go).
pub fn hold(network: &[Cidr], pool: &Cidr) -> bool {
    network.iter().any(|cidr| cidr.contains(pool))
}

/// Parses a comma-separated list of CIDRs, with or without spaces: the format of kubeadm's podSubnet,
/// `--cluster-cidr` and kube-proxy's clusterCIDR. An empty string is an empty list.
pub fn cidr_list(text: &str) -> Result<Vec<Cidr>, CidrError> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect()
}

/// The networks in kubeadm's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeadmNetworking {
    /// `podSubnet`, as written.
    pub pod_subnet: Option<String>,
    /// `serviceSubnet`, as written.
    pub service_subnet: Option<String>,
}

/// Reads `networking` of kubeadm's ClusterConfiguration.
pub fn kubeadm_networking(
    cluster_configuration: &str,
) -> Result<KubeadmNetworking, serde_yaml::Error> {
    let document: Value = serde_yaml::from_str(cluster_configuration)?;
    let text = |key: &str| {
        let value = document.get("networking")?.get(key)?.as_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    };
    Ok(KubeadmNetworking {
        pod_subnet: text("podSubnet"),
        service_subnet: text("serviceSubnet"),
    })
}

/// What the operator reads in kubeadm-config, which it does not parse as YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperatorReading {
    /// The CIDRs, host bits included.
    Cidrs(Vec<Cidr>),
    /// It finds no podSubnet and stops, even if the Installation lists pools.
    Missing,
    /// It finds something that it cannot parse as CIDRs, and stops.
    Misread(CidrError),
}

/// Reads kubeadm-config as the operator does: in the raw text of its values, whatever follows
/// `podSubnet: ` up to the end of the line, split at commas. Quotes, spaces, a comment or a carriage
/// return are part of the text that it then cannot parse, and a comment that contains `podSubnet: ` is
/// taken for the field.
///
/// The operator goes through the values in no fixed order and stops at the first match. If two of
/// `values` match, the result differs between runs.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/kubeadm.go, unchanged since 1.30.
pub fn operator_reading<'a>(values: impl IntoIterator<Item = &'a str>) -> OperatorReading {
    const FIELD: &str = "podSubnet: ";
    let found = values.into_iter().find_map(|value| {
        // In Go's regular expressions `.` is any character but a line feed.
        let (_, rest) = value.split_once(FIELD)?;
        rest.split('\n').next()
    });
    let Some(found) = found else {
        return OperatorReading::Missing;
    };
    match found.split(',').map(str::parse).collect() {
        Ok(cidrs) => OperatorReading::Cidrs(cidrs),
        Err(error) => OperatorReading::Misread(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidrs(texts: &[&str]) -> Vec<Cidr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_pool_must_be_within_one_cidr_of_the_network() {
        let network = PodNetwork {
            source: Source::Kubeadm,
            cidrs: cidrs(&["10.244.0.0/16", "fd00:10:244::/56"]),
        };
        for (pool, holds) in [
            ("10.244.0.0/16", true),
            ("10.244.128.0/17", true),
            ("10.244.0.0/15", false),
            ("192.168.0.0/16", false),
            ("fd00:10:244::/64", true),
            ("fd00:10::/32", false),
        ] {
            assert_eq!(network.holds(&pool.parse().unwrap()), holds, "{pool}");
        }
    }

    #[test]
    fn what_the_operator_reads_in_kubeadms_own_format() {
        let text = "apiVersion: kubeadm.k8s.io/v1beta4\nnetworking:\n  dnsDomain: cluster.local\n  \
                    podSubnet: 10.244.0.0/16,fd00:10:244::/56\n  serviceSubnet: 10.96.0.0/12\n";
        let want = cidrs(&["10.244.0.0/16", "fd00:10:244::/56"]);
        assert_eq!(
            operator_reading([text]),
            OperatorReading::Cidrs(want.clone())
        );
        let networking = kubeadm_networking(text).unwrap();
        assert_eq!(cidr_list(&networking.pod_subnet.unwrap()).unwrap(), want);
        assert_eq!(networking.service_subnet.as_deref(), Some("10.96.0.0/12"));
    }

    #[test]
    fn what_the_operator_misreads_and_yaml_does_not() {
        for value in [
            "\"10.244.0.0/16\"",
            "10.244.0.0/16, fd00::/56",
            "10.244.0.0/16 # pods",
            "10.244.0.0/16\r",
            "10.244.0.0/16 ",
        ] {
            let text = format!("networking:\n  podSubnet: {value}\n");
            let reading = operator_reading([text.as_str()]);
            assert!(matches!(reading, OperatorReading::Misread(_)), "{value:?}");
            let subnet = kubeadm_networking(&text).unwrap().pod_subnet.unwrap();
            assert!(cidr_list(&subnet).is_ok(), "{value:?}");
        }
    }

    #[test]
    fn a_subnet_that_is_missing_or_hidden() {
        assert_eq!(
            operator_reading(["networking: {}\n", ""]),
            OperatorReading::Missing
        );
        let flow = "networking: {\"podSubnet\":\"10.244.0.0/16\"}\n";
        assert_eq!(operator_reading([flow]), OperatorReading::Missing);
        assert!(kubeadm_networking(flow).unwrap().pod_subnet.is_some());
        let comment = "# podSubnet: 10.1.0.0/16\nnetworking:\n  podSubnet: 10.2.0.0/16\n";
        let taken = OperatorReading::Cidrs(cidrs(&["10.1.0.0/16"]));
        assert_eq!(operator_reading([comment]), taken);
        assert_eq!(
            kubeadm_networking("networking:\n  podSubnet: ''\n")
                .unwrap()
                .pod_subnet,
            None
        );
    }
}
