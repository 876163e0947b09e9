//! An object is the same in protobuf and in JSON.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed as _};
use serde_json::json;
use serde_yaml::Value;

use super::parse;
use crate::gather::budget::Budget;
use crate::protobuf;
use crate::protobuf::tests::{enveloped, field, number};
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{CALICO_PODS, NODES};
use crate::snapshot::trim::keep::{Fields, Keep};
use crate::snapshot::{Meter, Node, Pod, Pruned};

/// The object that both texts describe, with every field that is kept of it.
fn assert_same<T: DeserializeOwned + PartialEq + fmt::Debug>(
    resource: &'static Resource,
    protobuf: &[u8],
    json: &serde_json::Value,
) {
    let budget = Budget::new(None);
    let list = [field(1, field(3, "next")), field(2, protobuf)].concat();
    let body = enveloped(&format!("{}List", resource.kind), list);
    let one = parse::<T>(&body, resource, &budget, 0).unwrap();
    let body = json!({"metadata": {"continue": "next"}, "items": [json]}).to_string();
    let other = parse::<T>(body.as_bytes(), resource, &budget, 0).unwrap();
    assert_eq!(one.objects, other.objects);
    assert_eq!(one.continue_token, other.continue_token);
    let pruned = Pruned {
        fields: resource.fields,
        meter: &Meter::new(usize::MAX),
    };
    let value = protobuf::object(resource.kind, protobuf).unwrap();
    assert_has(&pruned.deserialize(value).unwrap(), resource.fields, "");
}

/// A field that is kept must be decoded.
fn assert_has(value: &Value, fields: Fields, path: &str) {
    for (name, keep) in fields {
        let path = format!("{path}.{name}");
        let value = value
            .get(*name)
            .unwrap_or_else(|| panic!("{path} is missing"));
        let value = value.get(0).unwrap_or(value);
        match keep {
            // Every label is decoded.
            _ if ["labels", "annotations", "lastState", "state"].contains(name) => {}
            Keep::Fields(fields) | Keep::Entries { fields, .. } => {
                assert_has(value, fields, &path);
            }
            _ => {}
        }
    }
}

fn entry(key: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
    [field(1, key), field(2, value)].concat()
}

fn condition(kind: &str) -> Vec<u8> {
    let time = field(3, number(1, 1_700_000_000));
    [
        field(1, kind),
        field(2, "True"),
        time,
        field(5, "R"),
        field(6, b"m\xff"),
    ]
    .concat()
}

fn condition_json(kind: &str) -> serde_json::Value {
    json!({"type": kind, "status": "True", "lastHeartbeatTime": "2023-11-14T22:13:20Z",
           "reason": "R", "message": "m\u{fffd}"})
}

#[test]
fn a_node_is_the_same_in_protobuf_and_in_json() {
    let metadata = [
        field(1, "node-1"),
        field(5, "a uid"),
        field(8, number(1, 1_700_000_000)),
        field(11, entry("kubernetes.io/os", "linux")),
        field(11, entry("other", "x")),
        field(12, entry("projectcalico.org/IPv4Address", "10.0.0.1/24")),
    ];
    let spec = [
        field(1, "10.1.0.0/24"),
        field(3, "aws:///x"),
        number(4, 1),
        field(5, [field(1, "key"), field(3, "NoSchedule")].concat()),
        field(7, "10.1.0.0/24"),
    ];
    let status = [
        field(1, entry("cpu", field(1, "4"))),
        field(2, entry("pods", field(1, "110"))),
        field(4, condition("Ready")),
        field(4, condition("DiskPressure")),
        field(5, [field(1, "InternalIP"), field(2, "10.0.0.1")].concat()),
        field(
            7,
            [
                field(4, "6.1"),
                field(5, "Debian"),
                field(7, "v1.35.0"),
                field(9, "linux"),
            ]
            .concat(),
        ),
        field(8, [field(1, "image@sha256:1"), number(2, 1 << 40)].concat()),
    ];
    let node = [
        field(1, metadata.concat()),
        field(2, spec.concat()),
        field(3, status.concat()),
    ];
    let json = json!({
        "metadata": {
            "name": "node-1", "uid": "a uid", "creationTimestamp": "2023-11-14T22:13:20Z",
            "labels": {"kubernetes.io/os": "linux", "other": "x"},
            "annotations": {"projectcalico.org/IPv4Address": "10.0.0.1/24"},
        },
        "spec": {
            "podCIDR": "10.1.0.0/24", "podCIDRs": ["10.1.0.0/24"], "providerID": "aws:///x",
            "unschedulable": true, "taints": [{"key": "key", "effect": "NoSchedule"}],
        },
        "status": {
            "capacity": {"cpu": "4"}, "allocatable": {"pods": "110"},
            "conditions": [condition_json("Ready"), condition_json("DiskPressure")],
            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
            "nodeInfo": {"kernelVersion": "6.1", "osImage": "Debian", "kubeletVersion": "v1.35.0",
                         "operatingSystem": "linux"},
            "images": [{"names": ["image@sha256:1"], "sizeBytes": 1_u64 << 40}],
        },
    });
    assert_same::<Node>(&NODES, &node.concat(), &json);
}

#[test]
fn a_pod_is_the_same_in_protobuf_and_in_json() {
    let metadata = [
        field(1, "calico-node-x"),
        field(3, "calico-system"),
        field(9, number(1, 1_700_000_000)),
        field(11, entry("k8s-app", "calico-node")),
    ];
    let container = [
        field(1, "c"),
        field(2, "image"),
        field(3, "kube-controller-manager"),
        field(4, "--cluster-cidr=10.0.0.0/8"),
    ];
    let ended = [number(1, 0), field(3, "Completed"), field(4, "done")].concat();
    let status = |state: Vec<u8>| {
        [
            field(1, "c"),
            field(2, state),
            field(3, field(3, ended.clone())),
            number(4, 0),
            number(5, 3),
            field(6, "image"),
        ]
        .concat()
    };
    let waiting = field(
        1,
        [field(1, "CrashLoopBackOff"), field(2, "back-off")].concat(),
    );
    let running = field(2, field(1, number(1, 1_700_000_000)));
    let spec = [
        field(2, container.concat()),
        field(10, "node-1"),
        number(11, 1),
    ];
    let pod = [
        field(1, metadata.concat()),
        field(2, spec.concat()),
        field(
            3,
            [
                field(1, "Running"),
                field(2, condition("Ready")),
                field(6, "10.0.0.9"),
                field(8, status(waiting)),
                field(8, status(running)),
                field(10, status(field(3, ended.clone()))),
            ]
            .concat(),
        ),
    ];
    let ended = json!({"terminated": {"exitCode": 0, "reason": "Completed", "message": "done",
                                      "startedAt": null}});
    let status = |state: serde_json::Value| {
        json!({"name": "c", "state": state, "lastState": ended, "ready": false, "restartCount": 3,
               "image": "image", "imageID": ""})
    };
    let json = json!({
        "metadata": {
            "name": "calico-node-x", "namespace": "calico-system",
            "deletionTimestamp": "2023-11-14T22:13:20Z", "labels": {"k8s-app": "calico-node"},
        },
        "spec": {
            "containers": [{"name": "c", "image": "image", "command": ["kube-controller-manager"],
                            "args": ["--cluster-cidr=10.0.0.0/8"]}],
            "nodeName": "node-1", "hostNetwork": true,
        },
        "status": {
            "phase": "Running", "conditions": [condition_json("Ready")], "podIP": "10.0.0.9",
            "containerStatuses": [
                status(json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}})),
                status(json!({"running": {"startedAt": "2023-11-14T22:13:20Z"}})),
            ],
            "initContainerStatuses": [status(ended.clone())],
        },
    });
    assert_same::<Pod>(&CALICO_PODS, &pod.concat(), &json);
}
