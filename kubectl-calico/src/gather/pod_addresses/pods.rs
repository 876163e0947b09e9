//! All pods of a cluster, by what their metadata shows.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use super::allocation::PodOfAddress;

/// A pod: its metadata and, if it was read as a whole, where it is and which addresses it has.
#[derive(Debug, Deserialize)]
pub(in crate::gather) struct ListedPod {
    metadata: PodMeta,
    #[serde(default)]
    spec: PodSpec,
    #[serde(default)]
    status: PodStatus,
}

#[derive(Debug, Deserialize)]
struct PodMeta {
    name: Box<str>,
    namespace: Box<str>,
    #[serde(default)]
    annotations: Annotations,
}

/// What Calico's CNI plugin notes: the addresses that a pod has now, as `10.0.0.1/32,fd00::1/128`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Annotations {
    #[serde(rename = "cni.projectcalico.org/podIPs")]
    pod_ips: Option<Box<str>>,
    #[serde(rename = "cni.projectcalico.org/podIP")]
    pod_ip: Option<Box<str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PodSpec {
    node_name: Box<str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PodStatus {
    #[serde(rename = "podIPs")]
    pod_ips: Vec<PodIp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PodIp {
    ip: String,
}

/// What metadata shows of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// It does not exist.
    Gone,
    /// It has finished, and had an address.
    Finished,
    /// The CNI plugin has noted other addresses.
    OtherAddress,
    /// Nothing that contradicts IPAM.
    Nothing,
}

/// What is known of a pod that exists.
enum Known {
    Finished,
    Noted(Box<str>),
}

/// All pods, by namespace and name.
pub(super) struct Pods(BTreeMap<(Box<str>, Box<str>), Known>);

impl Pods {
    /// All pods, and those of them that have finished.
    pub(super) fn of(all: Vec<ListedPod>, finished: Vec<ListedPod>) -> Self {
        let noted = all.into_iter().map(|pod| {
            let PodMeta {
                name,
                namespace,
                annotations,
            } = pod.metadata;
            let addresses = annotations.pod_ips.or(annotations.pod_ip);
            (
                (namespace, name),
                Known::Noted(addresses.unwrap_or_default()),
            )
        });
        let finished = finished
            .into_iter()
            .map(|pod| ((pod.metadata.namespace, pod.metadata.name), Known::Finished));
        Self(noted.chain(finished).collect())
    }

    /// What they show of the pod that an address is for.
    pub(super) fn shown(&self, address: IpAddr, pod: &PodOfAddress) -> Shown {
        let key = (pod.namespace.clone(), pod.name.clone());
        match self.0.get(&key) {
            None => Shown::Gone,
            Some(Known::Finished) => Shown::Finished,
            Some(Known::Noted(addresses)) => match noted(addresses) {
                Some(noted) if !noted.contains(&address) => Shown::OtherAddress,
                _ => Shown::Nothing,
            },
        }
    }
}

/// The addresses in an annotation; `None` if it does not say which.
fn noted(text: &str) -> Option<Vec<IpAddr>> {
    let parts = text.split(',').map(str::trim);
    let address = |part: &str| part.split('/').next()?.parse().ok();
    parts.map(address).collect()
}

impl ListedPod {
    /// Whether the pod, read as a whole, is on another node than the address; not if it is on none.
    pub(super) fn is_on_another_node(&self, pod: &PodOfAddress) -> bool {
        !self.spec.node_name.is_empty() && self.spec.node_name != pod.node
    }

    /// Whether the pod, read as a whole, has addresses, and not this one.
    pub(super) fn has_other_addresses(&self, address: IpAddr) -> bool {
        let all: Option<Vec<IpAddr>> = self
            .status
            .pod_ips
            .iter()
            .map(|one| one.ip.parse().ok())
            .collect();
        all.is_some_and(|all| !all.is_empty() && !all.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, annotations: &str) -> ListedPod {
        let text = format!(
            r#"{{"metadata": {{"name": "{name}", "namespace": "shop", "annotations": {annotations}}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn only_what_metadata_says_for_sure() {
        let both = r#"{"cni.projectcalico.org/podIPs": "10.0.0.1/32,fd00::1/128"}"#;
        let pods = Pods::of(
            vec![
                listed("web", both),
                listed("old", r#"{"cni.projectcalico.org/podIP": "10.0.0.2/32"}"#),
                listed("new", "{}"),
                listed("ending", r#"{"cni.projectcalico.org/podIPs": ""}"#),
                listed(
                    "odd",
                    r#"{"cni.projectcalico.org/podIPs": "10.0.0.9/32,?"}"#,
                ),
                listed("job", both),
            ],
            vec![listed("job", "{}")],
        );
        let shown = |name: &str, address: &str| {
            let pod = PodOfAddress {
                namespace: "shop".into(),
                name: name.into(),
                node: "n".into(),
                time: None,
            };
            pods.shown(address.parse().unwrap(), &pod)
        };
        assert_eq!(shown("web", "10.0.0.1"), Shown::Nothing);
        assert_eq!(shown("web", "fd00::1"), Shown::Nothing);
        assert_eq!(shown("web", "10.0.0.7"), Shown::OtherAddress);
        assert_eq!(shown("old", "10.0.0.1"), Shown::OtherAddress);
        for uncertain in ["new", "ending", "odd"] {
            assert_eq!(shown(uncertain, "10.0.0.1"), Shown::Nothing, "{uncertain}");
        }
        assert_eq!(shown("job", "10.0.0.1"), Shown::Finished);
        assert_eq!(shown("gone", "10.0.0.1"), Shown::Gone);
    }

    #[test]
    fn a_whole_pod_shows_its_node_and_its_addresses() {
        let pod = |text: &str| -> ListedPod { serde_json::from_str(text).unwrap() };
        let owner = PodOfAddress {
            namespace: "shop".into(),
            name: "web-0".into(),
            node: "n1".into(),
            time: None,
        };
        let meta = r#""metadata": {"name": "web-0", "namespace": "shop"}"#;
        let elsewhere = pod(&format!(r#"{{{meta}, "spec": {{"nodeName": "n2"}}}}"#));
        assert!(elsewhere.is_on_another_node(&owner));
        let address = "10.0.0.1".parse().unwrap();
        assert!(!elsewhere.has_other_addresses(address), "it has none yet");
        let here = pod(&format!(
            r#"{{{meta}, "spec": {{"nodeName": "n1"}}, "status": {{"podIPs": [{{"ip": "10.0.0.2"}}]}}}}"#
        ));
        assert!(!here.is_on_another_node(&owner));
        assert!(here.has_other_addresses(address));
        assert!(!here.has_other_addresses("10.0.0.2".parse().unwrap()));
    }
}
