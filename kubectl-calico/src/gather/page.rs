//! One page of a list. Each object is reduced while it is parsed.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_yaml::Value;

use super::budget::{Budget, Limit};
use super::continue_token::PageMeta;
use crate::parse_error::in_words;
use crate::protobuf::{self, Part};
use crate::snapshot::resource::Resource;
use crate::snapshot::{Pruned, Typed};

/// A page of a list.
pub(super) struct ListPage<T> {
    pub(super) objects: Vec<T>,
    /// Where the next page begins; empty at the end of the list.
    pub(super) continue_token: String,
    /// Why not all of its objects were kept, if that is the case.
    pub(super) limit: Option<Limit>,
}

/// Parses a page of objects of a row, after pages with `listed` objects.
pub(super) fn parse<T: DeserializeOwned>(
    body: &[u8],
    resource: &Resource,
    budget: &Budget,
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    let item = |way| Item {
        resource,
        budget,
        way,
        objects: PhantomData,
    };
    parse_with(item(Way::Typed), body, listed)
        .or_else(|_| parse_with(item(Way::ByValue), body, listed))
}

fn parse_with<T: DeserializeOwned>(
    item: Item<T>,
    body: &[u8],
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    if body.starts_with(protobuf::MAGIC) {
        return parse_protobuf(item, body, listed);
    }
    let seed = PageSeed { item, listed };
    let mut json = serde_json::Deserializer::from_slice(body);
    let page = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(page)
}

/// How an object is parsed.
#[derive(Clone, Copy)]
enum Way {
    /// To its type.
    Typed,
    /// To a value first. This takes several times as long, accepts what some servers send and the type does not,
    /// such as a field twice, and names the object in an error.
    ByValue,
}

/// An object of a page.
struct Item<'a, T> {
    resource: &'a Resource,
    budget: &'a Budget,
    way: Way,
    objects: PhantomData<T>,
}

impl<T> Clone for Item<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Item<'_, T> {}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Item<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let fields = self.resource.fields;
        let meter = self.budget.memory();
        match self.way {
            Way::Typed => Typed::new(fields, meter).deserialize(deserializer),
            Way::ByValue => {
                let value = Pruned { fields, meter }.deserialize(deserializer)?;
                object(value).map_err(D::Error::custom)
            }
        }
    }
}

fn parse_protobuf<T: DeserializeOwned>(
    item: Item<T>,
    body: &[u8],
    listed: usize,
) -> Result<ListPage<T>, serde_json::Error> {
    let mut page = ListPage {
        objects: Vec::new(),
        continue_token: String::new(),
        limit: None,
    };
    let kind = item.resource.kind;
    for part in protobuf::parts(body, kind)? {
        match part? {
            Part::Continue(token) => page.continue_token = token,
            Part::Object(bytes) => {
                if let Err(limit) = item.budget.spend_object(listed + page.objects.len()) {
                    page.limit = Some(limit);
                    return Ok(page);
                }
                let value = protobuf::object(kind, bytes)?;
                page.objects.push(item.deserialize(value)?);
            }
        }
    }
    Ok(page)
}

/// One object of a row, from a reduced value.
pub(super) fn object<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    let name = value
        .get("metadata")
        .and_then(|metadata| metadata.get("name"));
    let name = name.and_then(Value::as_str).unwrap_or_default().to_owned();
    serde_yaml::from_value(value).map_err(|why| format!("{name}: {}", in_words(why)))
}

struct PageSeed<'a, T> {
    item: Item<'a, T>,
    /// How many objects of the list were on earlier pages.
    listed: usize,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for PageSeed<'_, T> {
    type Value = ListPage<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ListPage<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for PageSeed<'_, T> {
    type Value = ListPage<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ListPage<T>, A::Error> {
        let mut page = ListPage {
            objects: Vec::new(),
            continue_token: String::new(),
            limit: None,
        };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "metadata" => page.continue_token = map.next_value::<PageMeta>()?.token,
                "items" => {
                    (page.objects, page.limit) = map.next_value_seed(PageItems {
                        item: self.item,
                        listed: self.listed,
                    })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(page)
    }
}

struct PageItems<'a, T> {
    item: Item<'a, T>,
    listed: usize,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for PageItems<'_, T> {
    type Value = (Vec<T>, Option<Limit>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for PageItems<'_, T> {
    type Value = (Vec<T>, Option<Limit>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the items of a list")
    }

    /// Go writes an empty list as null.
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok((Vec::new(), None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(object) = items.next_element_seed(self.item)? {
            let listed = self.listed + objects.len();
            if let Err(limit) = self.item.budget.spend_object(listed) {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok((objects, Some(limit)));
            }
            objects.push(object);
        }
        Ok((objects, None))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protobuf::tests::{enveloped, field, number};
    use crate::snapshot::resources::{CALICO_PODS, NODES};
    use crate::snapshot::trim::keep::{Fields, Keep};
    use crate::snapshot::{Meter, Node, Pod};

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

    #[test]
    fn a_page_of_millions_of_empty_objects_ends() {
        let body = enveloped("NodeList", [0x12, 0].repeat(1 << 20));
        let page = parse::<Node>(&body, &NODES, &Budget::new(None), 0).unwrap();
        assert_eq!(page.limit, Some(Limit::ObjectsOfAList));
        assert!(page.objects.len() <= 200_000);
    }
}
