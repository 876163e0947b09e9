//! A pool of a family that has none yet, where another family has.

use calico_core::cidr::Cidr;
use calico_core::defaults::{masquerades, standard_name};
use serde_json::json;

use super::Pool;
use super::basis::Basis;
use super::way::{NewPool, Way};
use crate::assess::fact::Fact;
use crate::assess::facts::pools;
use crate::assess::finding::Finding;
use crate::repair::Step;
use crate::snapshot::IpPoolSpec;

/// Those of the planned pools.
pub(super) fn added<'a>(
    basis: &Basis,
    planned: &'a [Pool],
) -> impl Iterator<Item = (&'a Pool, Cidr)> + use<'a> {
    let beside = basis.live_pools().next().is_some();
    let new = planned
        .iter()
        .filter(move |pool| beside && pool.live.is_none());
    new.filter_map(|pool| Some((pool, *pool.cidr.value()?)))
}

/// It as it would be live, to be judged as the others are.
pub(super) fn as_live(basis: &Basis, planned: &[Pool]) -> Vec<pools::Pool> {
    let live = |(pool, cidr): (&Pool, Cidr)| {
        Some(pools::Pool {
            name: format!("{}, as planned", standard_name(pool.family)),
            cidr: cidr.to_string(),
            network: Some(cidr),
            encapsulation: *pool.encapsulation.value()?,
            block_size: i64::from(*pool.block_size.value()?),
            nat_outgoing: masquerades(pool.family),
            node_selector: "all()".to_owned(),
            enabled: true,
            for_load_balancers: false,
            owned_by_operator: false,
            usage: Fact::absent("not there yet"),
            spec: IpPoolSpec::default(),
        })
    };
    added(basis, planned).filter_map(live).collect()
}

/// That Kubernetes does not know of the family. Nothing holds a later pool to the pod network.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
pub(super) fn findings(basis: &Basis, planned: &[Pool]) -> Vec<Finding> {
    let Some(network) = basis.pod_network() else {
        return Vec::new();
    };
    let outside = |(pool, cidr): (&Pool, Cidr)| {
        let family = pool.family;
        let known = network.of_family(family).next().is_some();
        let finding = Finding::warning(
            cidr.to_string(),
            format!("the pod network {} has no {family}", network.list()),
        )
        .seen(&network.from, "", network.list())
        .then(
            "kube-proxy takes the pods' addresses for those of others, and hides them from network \
             policy",
        )
        .fix(format!("set Kubernetes up for {family} first"));
        (!known).then_some(Finding {
            code: "family-outside-pod-network",
            ..finding
        })
    };
    added(basis, planned).filter_map(outside).collect()
}

/// Adds it.
pub(super) fn steps(basis: &Basis, planned: &[Pool]) -> Vec<Step> {
    let step = |(pool, cidr): (&Pool, Cidr)| {
        let new = NewPool {
            name: standard_name(pool.family),
            cidr,
            block_size: *pool.block_size.value()?,
            encapsulation: *pool.encapsulation.value()?,
        };
        let like = json!({"natOutgoing": masquerades(pool.family)});
        let more = match basis.facts.install.is_by_operator() {
            true => "",
            false => {
                ", once calico-node and its CNI configuration know the family (Calico's guide to \
                 dual stack)"
            }
        };
        let what = format!("add the {} pool {cidr}{more}", pool.family);
        Some(Step::new(what).run(Way::of_new(basis, like).add(&new)))
    };
    added(basis, planned).filter_map(step).collect()
}
