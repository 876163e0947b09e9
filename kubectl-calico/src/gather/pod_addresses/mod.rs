//! Which addresses IPAM has assigned to pods that do not have them, as kube-controllers judges it: the
//! allocations, compared with all pods.
//!
//! Allocations are listed before the pods and again after them. A pod that is created meanwhile is in the
//! later list; the address of one that is deleted meanwhile is released first, and so not in the last list.
//! Of pods, only the metadata is read. It does not show the node or the status, so the few pods whose
//! metadata contradicts IPAM are read as a whole.
//!
//! Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/node/ipam.go
//! (`checkAllocations`, `allocationIsValid`).

mod allocation;
mod pods;

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::jiff::Timestamp;

pub(super) use allocation::Allocations;
use allocation::{Allocation, PodOfAddress};
pub(super) use pods::ListedPod;
use pods::{Pods, Shown};

use crate::snapshot::{PodAddress, PodAddressSpec, PodName, PodState};

/// The maximum number of pods that are read as a whole. Addresses of others count as in use.
const WHOLE: usize = 50;

/// The allocations that pods seem not to have, and why.
pub(super) struct Suspects(Vec<(Allocation, Shown)>);

impl Suspects {
    /// What all pods, and those of them that have finished, show.
    pub(super) fn of(
        blocks: Vec<Allocations>,
        all: Vec<ListedPod>,
        finished: Vec<ListedPod>,
    ) -> Self {
        let pods = Pods::of(all, finished);
        let allocations: Vec<Allocation> = blocks.into_iter().flat_map(|block| block.0).collect();
        let shown = |one: &Allocation| match &one.pod {
            Some(pod) => pods.shown(one.address, pod),
            None => Shown::Nothing,
        };
        let in_use: BTreeSet<u64> = allocations
            .iter()
            .filter(|one| shown(one) == Shown::Nothing)
            .map(|one| one.handle)
            .collect();
        let suspects = allocations.into_iter().filter_map(|one| {
            let shown = shown(&one);
            (!in_use.contains(&one.handle)).then_some((one, shown))
        });
        Self(suspects.collect())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pods that are to be read as a whole.
    pub(super) fn pods(&self) -> BTreeSet<PodName> {
        let others = self
            .0
            .iter()
            .filter(|(_, shown)| *shown == Shown::OtherAddress);
        let names = others.filter_map(|(one, _)| Some(name(one.pod.as_ref()?)));
        names.take(WHOLE).collect()
    }

    /// The addresses that these pods do not have either, and that are still assigned. All addresses of a
    /// handle are released together, or none.
    pub(super) fn confirmed(
        self,
        pods: &BTreeMap<PodName, ListedPod>,
        again: &[Allocations],
        now: Timestamp,
    ) -> Vec<PodAddress> {
        let still: BTreeSet<(u64, std::net::IpAddr)> = again
            .iter()
            .flat_map(|block| &block.0)
            .map(|one| (one.handle, one.address))
            .collect();
        let state = |one: &Allocation, shown: Shown| {
            let pod = one.pod.as_ref()?;
            if !still.contains(&(one.handle, one.address)) {
                return None;
            }
            match shown {
                Shown::Gone => Some(PodState::Gone),
                Shown::Finished => Some(PodState::Finished),
                Shown::Nothing => None,
                Shown::OtherAddress => {
                    let whole = pods.get(&name(pod))?;
                    if whole.is_on_another_node(pod) {
                        Some(PodState::OnOtherNode)
                    } else if whole.has_other_addresses(one.address) {
                        Some(PodState::HasOtherAddress)
                    } else {
                        None
                    }
                }
            }
        };
        let in_use: BTreeSet<u64> = self
            .0
            .iter()
            .filter(|(one, shown)| state(one, *shown).is_none())
            .map(|(one, _)| one.handle)
            .collect();
        let confirmed = self.0.iter().filter_map(|(one, shown)| {
            let state = state(one, *shown)?;
            let pod = one.pod.as_ref()?;
            let address = PodAddress::new(one.address, spec(pod, now), state);
            (!in_use.contains(&one.handle)).then_some(address)
        });
        confirmed.collect()
    }
}

fn name(pod: &PodOfAddress) -> PodName {
    PodName {
        namespace: pod.namespace.to_string(),
        name: pod.name.to_string(),
    }
}

fn spec(pod: &PodOfAddress, now: Timestamp) -> PodAddressSpec {
    let age = |time: Timestamp| u64::try_from(now.as_second() - time.as_second()).ok();
    PodAddressSpec {
        node: pod.node.to_string(),
        namespace: pod.namespace.to_string(),
        pod: pod.name.to_string(),
        age_seconds: pod.time.map(|time| age(time).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with an address for each pod, by handle.
    fn block(cidr: &str, owners: &[(&str, &str)]) -> Allocations {
        let attributes: Vec<_> = owners
            .iter()
            .map(|(handle, pod)| {
                serde_json::json!({"handle_id": handle, "secondary": {
                    "namespace": "shop", "pod": pod, "node": "n1",
                    "timestamp": "2026-01-01 00:00:00 +0000 UTC",
                }})
            })
            .collect();
        let allocations: Vec<usize> = (0..owners.len()).collect();
        let spec =
            serde_json::json!({"cidr": cidr, "allocations": allocations, "attributes": attributes});
        serde_json::from_value(serde_json::json!({ "spec": spec })).unwrap()
    }

    fn pod(name: &str, rest: &str) -> ListedPod {
        serde_json::from_str(&format!(
            r#"{{"metadata": {{"name": "{name}", "namespace": "shop"{rest}"#
        ))
        .unwrap()
    }

    fn noted(name: &str, addresses: &str) -> ListedPod {
        let rest =
            format!(r#", "annotations": {{"cni.projectcalico.org/podIPs": "{addresses}"}}}}}}"#);
        pod(name, &rest)
    }

    fn named(name: &str) -> ListedPod {
        pod(name, "}}")
    }

    fn whole(name: &str, node: &str, address: &str) -> (PodName, ListedPod) {
        let rest = format!(
            r#"}}, "spec": {{"nodeName": "{node}"}}, "status": {{"podIPs": [{{"ip": "{address}"}}]}}}}"#
        );
        let key = PodName {
            namespace: "shop".to_owned(),
            name: name.to_owned(),
        };
        (key, pod(name, &rest))
    }

    fn shown(found: &[PodAddress]) -> Vec<String> {
        let line = |one: &PodAddress| {
            let age = one.spec.age_seconds.unwrap_or_default();
            let (address, pod) = (&one.metadata.name, &one.spec.pod);
            format!("{address} {pod} {:?} {age}", one.status.pod)
        };
        found.iter().map(line).collect()
    }

    fn an_hour_later() -> Timestamp {
        "2026-01-01T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn addresses_of_pods_that_are_gone_finished_or_elsewhere() {
        let owners = [
            ("a", "live"),
            ("b", "gone"),
            ("c", "job"),
            ("d", "web-0"),
            ("e", "new"),
            ("f", "twice"),
        ];
        let all = vec![
            noted("live", "10.0.0.0/32"),
            noted("job", "10.0.0.2/32"),
            noted("web-0", "10.9.0.1/32"),
            named("new"),
            noted("twice", "10.9.0.5/32"),
        ];
        let blocks = vec![block("10.0.0.0/29", &owners)];
        let suspects = Suspects::of(blocks, all, vec![named("job")]);
        let names: Vec<String> = suspects.pods().into_iter().map(|pod| pod.name).collect();
        assert_eq!(names, ["twice", "web-0"]);
        let pods = [
            whole("web-0", "n2", "10.9.0.1"),
            whole("twice", "n1", "10.0.0.5"),
        ];
        let again = [block("10.0.0.0/29", &owners)];
        let found = suspects.confirmed(&pods.into(), &again, an_hour_later());
        assert_eq!(
            shown(&found),
            [
                "10.0.0.1 gone Gone 3600",
                "10.0.0.2 job Finished 3600",
                "10.0.0.3 web-0 OnOtherNode 3600"
            ]
        );
    }

    #[test]
    fn an_address_that_was_released_or_assigned_again_meanwhile_is_in_use() {
        let before = block("10.0.0.0/29", &[("a", "one"), ("b", "two"), ("c", "three")]);
        let after = block("10.0.0.0/29", &[("a", "one"), ("x", "two")]);
        let suspects = Suspects::of(vec![before], Vec::new(), Vec::new());
        let found = suspects.confirmed(&BTreeMap::new(), &[after], an_hour_later());
        assert_eq!(shown(&found), ["10.0.0.0 one Gone 3600"]);
    }

    #[test]
    fn both_addresses_of_a_handle_or_none() {
        let blocks = || {
            vec![
                block("10.0.0.0/30", &[("web", "web"), ("db", "db")]),
                block("fd00::/126", &[("web", "web"), ("db", "db")]),
            ]
        };
        let all = vec![noted("web", "10.0.0.0/32")];
        let suspects = Suspects::of(blocks(), all, Vec::new());
        assert!(suspects.pods().is_empty(), "one of its addresses is in use");
        let found = suspects.confirmed(&BTreeMap::new(), &blocks(), an_hour_later());
        assert_eq!(
            shown(&found),
            ["10.0.0.1 db Gone 3600", "fd00::1 db Gone 3600"]
        );
    }
}
