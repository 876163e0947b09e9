//! Parses an object to its type, and keeps only its [`Fields`](super::keep::Fields) on the way: what
//! [`Pruned`](super::Pruned) keeps, without a value between the text and the object. A large cluster sends
//! hundreds of megabytes.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use serde_yaml::Value;

use super::absence::Absent;
use super::keep::{Fields, Keep};
use super::meter::Meter;
use super::prune::{Pruned, Seed, custom};

/// Parses an object, and keeps some of its fields. An object that [`Pruned`](super::Pruned) accepts may be an
/// error, such as one with a field twice; one that both accept is the same.
pub struct Typed<'m, T> {
    fields: Fields,
    meter: &'m Meter,
    object: PhantomData<T>,
}

impl<'m, T> Typed<'m, T> {
    pub fn new(fields: Fields, meter: &'m Meter) -> Self {
        Self {
            fields,
            meter,
            object: PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Typed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let pruned = Pruned {
            fields: self.fields,
            meter: self.meter,
        };
        let seed = pruned.seed(false).map_err(custom)?;
        T::deserialize(seed.of_format(deserializer))
    }
}

impl<'m> Seed<'m> {
    fn of_format<X>(self, inner: X) -> Filter<'m, X> {
        Filter { seed: self, inner }
    }
}

/// Something of a format, of which `seed` says what is kept.
struct Filter<'m, X> {
    seed: Seed<'m>,
    inner: X,
}

impl<'de, D: Deserializer<'de>> Filter<'_, D> {
    fn visit<V: Visitor<'de>>(self, visitor: V, is_struct: bool) -> Result<V::Value, D::Error> {
        match self.seed.keep {
            Keep::Fields(_) | Keep::Entries { .. } | Keep::Value => {
                self.inner.deserialize_any(FilterVisitor {
                    seed: self.seed,
                    visitor,
                    is_struct,
                })
            }
            // What depends on a whole value, or changes it.
            _ => {
                let value = self.seed.deserialize(self.inner)?;
                value.deserialize_any(visitor).map_err(D::Error::custom)
            }
        }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Filter<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.visit(visitor, false)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.visit(visitor, true)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let seed = self.seed;
        self.inner
            .deserialize_option(OptionVisitor { seed, visitor })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let value = self.seed.deserialize(self.inner)?;
        value
            .deserialize_enum(name, variants, visitor)
            .map_err(D::Error::custom)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct OptionVisitor<'m, V> {
    seed: Seed<'m>,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OptionVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(self.seed.of_format(deserializer))
    }
}

/// Passes on what is kept.
struct FilterVisitor<'m, V> {
    seed: Seed<'m>,
    visitor: V,
    /// Whether an object has fields of its own type, rather than any keys.
    is_struct: bool,
}

impl<V> FilterVisitor<'_, V> {
    fn count<E: Error>(&self, text: usize) -> Result<(), E> {
        self.seed.meter.value(text).map_err(custom)
    }

    fn keeps_text(&self) -> bool {
        matches!(self.seed.keep, Keep::Value)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for FilterVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        self.count(0)?;
        self.visitor.visit_f64(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        let text = if self.keeps_text() { text } else { "" };
        self.count(text.len())?;
        self.visitor.visit_str(text)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<V::Value, E> {
        if !self.keeps_text() {
            return self.visit_str(&text);
        }
        self.count(text.len())?;
        self.visitor.visit_string(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.count(0)?;
        let seq = self.seed.of_format(seq);
        if matches!(self.seed.keep, Keep::Entries { .. }) {
            self.visitor.visit_seq(SomeEntries(seq))
        } else {
            self.visitor.visit_seq(seq)
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<V::Value, A::Error> {
        self.count(0)?;
        let (Keep::Fields(fields) | Keep::Entries { fields, .. }) = self.seed.keep else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            let empty = std::iter::empty::<(&str, &str)>();
            return self.visitor.visit_map(MapDeserializer::new(empty));
        };
        self.visitor.visit_map(FilterMap {
            seed: self.seed,
            fields,
            map,
            is_struct: self.is_struct,
        })
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Filter<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Part {
            seed: self.seed,
            of: seed,
        })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// A list of objects, less those that are not kept.
struct SomeEntries<'m, A>(Filter<'m, A>);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for SomeEntries<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let mut unused = Some(seed);
        loop {
            let entry = Entry {
                seed: self.0.seed,
                of: &mut unused,
            };
            match self.0.inner.next_element_seed(entry)? {
                Some(None) => {}
                Some(kept) => return Ok(kept),
                None => return Ok(None),
            }
        }
    }

    /// Each kind of entry is there once, as a rule.
    fn size_hint(&self) -> Option<usize> {
        let Keep::Entries { of, .. } = self.0.seed.keep else {
            return None;
        };
        self.0.inner.size_hint().map(|all| all.min(of.len()))
    }
}

/// An entry of such a list. It must begin with the field that shows whether it is kept, which Kubernetes' own kinds do.
struct Entry<'m, 's, S> {
    seed: Seed<'m>,
    /// Taken for an entry that is kept.
    of: &'s mut Option<S>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Entry<'_, '_, S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Entry<'_, '_, S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let meter = self.seed.meter;
        meter.value(0).map_err(custom)?;
        let Keep::Entries { by, of, fields } = self.seed.keep else {
            return Err(A::Error::custom("a list of other entries"));
        };
        let key = map.next_key_seed(Key(fields))?.flatten();
        if key.is_none_or(|(key, _)| *key != by) {
            return Err(A::Error::custom(format!(
                "an entry that does not begin with {by}"
            )));
        }
        let value: String = map.next_value()?;
        let seed = self.of.take_if(|_| of.contains(&value.as_str()));
        let Some(seed) = seed else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        };
        meter.value(value.len()).map_err(custom)?;
        let rest = FilterMap {
            seed: self.seed,
            fields,
            map,
            is_struct: true,
        };
        let whole = WithFirst {
            key: Some(by),
            value: Some(value),
            rest,
        };
        seed.deserialize(MapAccessDeserializer::new(whole))
            .map(Some)
    }
}

/// An object whose first field has been read.
struct WithFirst<'m, A> {
    key: Option<&'static str>,
    value: Option<String>,
    rest: FilterMap<'m, A>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithFirst<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed
                .deserialize(Value::from(value))
                .map_err(A::Error::custom),
            None => self.rest.next_value_seed(seed),
        }
    }
}

/// An object with those of its fields that are kept.
struct FilterMap<'m, A> {
    /// With what is kept of the current field.
    seed: Seed<'m>,
    fields: Fields,
    map: A,
    is_struct: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for FilterMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        while let Some(field) = self.map.next_key_seed(Key(self.fields))? {
            if let Some((name, keep)) = field {
                self.seed.keep = *keep;
                let name: &str = name;
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Field {
            part: Part {
                seed: self.seed,
                of: seed,
            },
            is_struct: self.is_struct,
        })
    }
}

/// A key, looked up among the fields that are kept.
struct Key(Fields);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<&'static (&'static str, Keep)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<&'static (&'static str, Keep)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|(name, _)| *name == key))
    }
}

/// A part of a value: an entry of a list.
struct Part<'m, S> {
    seed: Seed<'m>,
    of: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Part<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.of.deserialize(self.seed.of_format(deserializer))
    }
}

/// A field of an object. Some writers use null for one that is not set.
struct Field<'m, S> {
    part: Part<'m, S>,
    is_struct: bool,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Field<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Field<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field of a Kubernetes object")
    }

    fn visit_none<E: Error>(self) -> Result<S::Value, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<S::Value, E> {
        if self.is_struct {
            self.part.of.deserialize(Absent::new())
        } else {
            // The key would be kept.
            Err(E::custom("null"))
        }
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.part.deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::DaemonSet;
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::snapshot::resource::Resource;
    use crate::snapshot::resources::{CALICO_PODS, DAEMON_SETS, IP_POOLS, IPAM_BLOCKS, NODES};
    use crate::snapshot::trim::Pruned;
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
}
