//! An object is the same, whether it is parsed to its type or to a value first.

use std::fmt;

use k8s_openapi::api::apps::v1::DaemonSet;
use serde::de::{DeserializeOwned, DeserializeSeed as _};

use super::meter::Meter;
use super::prune::Pruned;
use super::typed::Typed;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, IPAM_BLOCKS, NODES};
use crate::snapshot::{IpPool, IpamBlock, Node, Pod};

/// What both ways make of a text.
fn both<T: DeserializeOwned>(
    resource: &Resource,
    text: &str,
) -> (Result<T, String>, Result<T, String>) {
    let fields = resource.fields;
    let meters = [Meter::new(1 << 20), Meter::new(1 << 20)];
    let [meter, other] = &meters;
    let seed = Typed::<T>::new(fields, meter);
    let typed = seed.deserialize(&mut serde_json::Deserializer::from_str(text));
    let pruned = Pruned {
        fields,
        meter: other,
    };
    let value = pruned.deserialize(&mut serde_json::Deserializer::from_str(text));
    let by_value = value
        .map_err(|error| error.to_string())
        .and_then(|value| T::deserialize(value).map_err(|error| error.to_string()));
    assert!(typed.is_err() || meter.left() >= other.left(), "{text}");
    (typed.map_err(|error| error.to_string()), by_value)
}

fn assert_same<T: DeserializeOwned + PartialEq + fmt::Debug>(resource: &Resource, text: &str) {
    let (typed, by_value) = both::<T>(resource, text);
    assert_eq!(typed, by_value);
    assert!(typed.is_ok(), "{typed:?}");
}

#[test]
fn an_object_is_the_same_with_and_without_a_value() {
    assert_same::<IpamBlock>(
        &IPAM_BLOCKS,
        r#"{
            "apiVersion": "crd.projectcalico.org/v1",
            "metadata": {"name": "10-0-0-0-26", "labels": {"a": "b"}, "generation": null},
            "spec": {
                "affinity": null, "cidr": "10.0.0.0/26", "allocations": [0, null, 1], "unallocated": null,
                "attributes": [
                    {"handle_id": "k8s-pod-network.1", "secondary": {"node": "a", "pod": "p", "other": [{}]}},
                    {"handle_id": null, "secondary": {"type": "vxlanTunnelAddress"},
                     "alternateOwnerAttrs": {"pod": "p"}},
                    {"secondary": null}
                ]
            }
        }"#,
    );
    assert_same::<IpamBlock>(&IPAM_BLOCKS, r#"{"spec": null, "metadata": null}"#);
    assert_same::<Node>(
        &NODES,
        r#"{
            "metadata": {"name": "n", "labels": {"kubernetes.io/os": "linux"}, "annotations": null},
            "spec": {"podCIDRs": ["10.0.0.0/24"], "unschedulable": null, "taints": [{"key": "k"}]},
            "status": {
                "allocatable": {"pods": "110", "cpu": "4"}, "images": [{"names": ["i"]}],
                "conditions": [
                    {"type": "Ready", "status": "True", "reason": null, "message": "password: x"},
                    {"type": "DiskPressure", "status": "False"},
                    {"type": "NetworkUnavailable", "status": "False"}
                ],
                "nodeInfo": {"kernelVersion": "6.1"}
            }
        }"#,
    );
    assert_same::<Pod>(
        &CALICO_PODS,
        r#"{
            "metadata": {"name": "p", "namespace": "ns", "deletionTimestamp": "2023-11-14T22:13:20Z"},
            "spec": {"containers": [{"name": "c", "args": ["--cluster-cidr", "10.0.0.0/8", "--token=x"]}]},
            "status": {
                "conditions": [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "True"}],
                "containerStatuses": [
                    {"name": "c", "restartCount": null, "state": {"running": {"startedAt": null}}},
                    {"name": "d", "lastState": {"terminated": {"exitCode": 1, "message": "m"}}}
                ]
            }
        }"#,
    );
    assert_same::<DaemonSet>(
        &DAEMON_SETS,
        r#"{
            "metadata": {"name": "calico-node", "creationTimestamp": null},
            "spec": {
                "selector": {"matchLabels": {"k8s-app": "calico-node"}},
                "template": {"metadata": {}, "spec": {
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "containers": [{"name": "calico-node", "env": [
                        {"name": "IP", "value": "autodetect"}, {"name": "SECRET", "value": "x"}
                    ]}]
                }}
            },
            "status": {"numberReady": 3}
        }"#,
    );
}

#[test]
fn what_only_a_value_accepts_is_an_error() {
    for text in [
        r#"{"metadata": {"name": "a", "name": "b"}}"#,
        r#"{"metadata": {"labels": {"projectcalico.org/operator-version": null}}}"#,
    ] {
        let (typed, by_value) = both::<IpPool>(&IP_POOLS, text);
        assert!(by_value.is_ok(), "{by_value:?}");
        assert!(typed.is_err() || typed == by_value, "{typed:?}");
    }
    for text in [
        r#"{"spec": {"blockSize": "x"}}"#,
        r#"{"spec": {"cidr": 5}}"#,
        r#"{"spec": {"cidr": ["x"]}}"#,
        r#"{"spec": {"allowedUses": [null]}}"#,
        r#"{"spec": null, "metadata": null}"#,
    ] {
        let (typed, by_value) = both::<IpPool>(&IP_POOLS, text);
        assert_eq!(
            typed.is_ok(),
            by_value.is_ok(),
            "{text}: {typed:?} {by_value:?}"
        );
    }
}
