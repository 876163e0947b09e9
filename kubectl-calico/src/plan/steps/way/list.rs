//! Pools as entries of the Installation's list.

use calico_core::pool::Encapsulation;
use serde_json::{Value, json};
use serde_yaml::Mapping;

use super::{NewPool, over};
use crate::plan::entries;
use crate::plan::inputs::Inputs;
use crate::plan::steps::helm::patch_installation;

const LIST: &str = "/spec/calicoNetwork/ipPools";

pub(crate) struct List {
    /// The CIDRs that it has, in order, as written.
    cidrs: Vec<String>,
    /// The entry that is replaced.
    like: Value,
    /// What stops an entry from giving out addresses.
    stop: (&'static str, Value),
}

impl List {
    /// The list, where the operator follows it, which it does from 1.34 on, and it has an entry of
    /// that CIDR.
    pub(crate) fn of(inputs: &Inputs, cidr: &str) -> Option<Self> {
        let listed = entries::listed(inputs);
        let like = listed
            .iter()
            .find(|entry| entries::cidr_of(entry) == Some(cidr))?;
        Self::new(inputs, &listed, like)
    }

    /// The list, for an entry that is like no other. One without any entry is somebody's who makes
    /// the pools another way.
    pub(crate) fn of_new(inputs: &Inputs) -> Option<Self> {
        let listed = entries::listed(inputs);
        let list = Self::new(inputs, &listed, &Mapping::new().into())?;
        (!listed.is_empty()).then_some(list)
    }

    fn new(
        inputs: &Inputs,
        listed: &[serde_yaml::Value],
        like: &serde_yaml::Value,
    ) -> Option<Self> {
        let asked = inputs.facts.installation.as_ref();
        let asked = asked.filter(|asked| asked.changes_live_pools())?;
        let cidrs = listed.iter().map(entries::cidr_of);
        Some(Self {
            cidrs: cidrs
                .map(|cidr| cidr.unwrap_or_default().to_owned())
                .collect(),
            like: serde_json::to_value(like).unwrap_or_default(),
            stop: asked.enabled_field(false),
        })
    }

    pub(crate) fn stop(&self, cidr: &str) -> String {
        let (key, value) = &self.stop;
        self.change(cidr, key, value)
    }

    pub(crate) fn encapsulate(&self, cidr: &str, to: Encapsulation) -> String {
        self.change(cidr, "encapsulation", &json!(to))
    }

    pub(crate) fn add(&mut self, pool: &NewPool) -> String {
        self.cidrs.push(pool.cidr.to_string());
        let mut entry = over(
            &self.like,
            &json!({
                "name": pool.name,
                "cidr": pool.cidr,
                "blockSize": pool.block_size,
                "encapsulation": pool.encapsulation,
            }),
        );
        if let Some(entry) = entry.as_object_mut() {
            entry.remove("disableNewAllocations");
        }
        patch_installation(
            "json",
            &json!([{"op": "add", "path": format!("{LIST}/-"), "value": entry}]),
        )
    }

    fn change(&self, cidr: &str, key: &str, value: &Value) -> String {
        let index = self.index(cidr);
        let path = format!("{LIST}/{index}/{key}");
        patch_installation(
            "json",
            &json!([test(index, cidr), {"op": "add", "path": path, "value": value}]),
        )
    }

    pub(crate) fn remove(&mut self, cidr: &str) -> String {
        let index = self.index(cidr);
        if index < self.cidrs.len() {
            self.cidrs.remove(index);
        }
        let path = format!("{LIST}/{index}");
        patch_installation(
            "json",
            &json!([test(index, cidr), {"op": "remove", "path": path}]),
        )
    }

    fn index(&self, cidr: &str) -> usize {
        let mut cidrs = self.cidrs.iter();
        cidrs
            .position(|known| known == cidr)
            .unwrap_or(self.cidrs.len())
    }
}

/// A patch that fails where the list is no longer the one that was read.
fn test(index: usize, cidr: &str) -> Value {
    json!({"op": "test", "path": format!("{LIST}/{index}/cidr"), "value": cidr})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_keeps_its_place_in_the_list_as_others_come_and_go() {
        let mut list = List {
            cidrs: vec!["10.0.0.0/16".into(), "fd00::/64".into()],
            like: json!({"cidr": "10.0.0.0/16", "natOutgoing": "Disabled"}),
            stop: ("disableNewAllocations", true.into()),
        };
        let temporary = NewPool {
            name: "temporary-ipv4-pool",
            cidr: "192.168.0.0/16".parse().unwrap(),
            block_size: 26,
            encapsulation: Encapsulation::Vxlan,
        };
        let added = list.add(&temporary);
        assert!(
            added.contains("ipPools/-") && added.contains(r#""natOutgoing":"Disabled""#),
            "{added}"
        );
        assert!(list.remove("10.0.0.0/16").contains("ipPools/0\""));
        assert!(
            list.stop("192.168.0.0/16")
                .contains("ipPools/1/disableNewAllocations")
        );
        assert!(
            list.stop("fd00::/64")
                .contains("ipPools/0/disableNewAllocations")
        );
    }
}
