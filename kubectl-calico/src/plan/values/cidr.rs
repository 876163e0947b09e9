//! The CIDR of a planned pool.

use calico_core::cidr::{Cidr, Family};

use super::precedence::settled_by;
use crate::facts::networks::ConfiguredNetwork;
use crate::facts::platform::Platform;
use crate::plan::choice::Choice;
use crate::plan::inputs::Inputs;
use crate::plan::node_families::is_left_out;
use crate::repair::free_range::is_clear_of_services_and_nodes;
use crate::snapshot::Provenance;

/// The flag that sets it.
const FLAG: &str = "--cidr";

/// The operator's default on EKS, if Calico assigns pod addresses.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
const EKS_DEFAULT: &str = "172.16.0.0/16";

/// The families that need a pool: those of the pod CIDRs, of existing and listed pools and of the
/// request; else those of the Service CIDRs; else IPv4.
pub(crate) fn families(inputs: &Inputs) -> Vec<Family> {
    let is_certain = |family: Family| {
        (has_family(inputs.pod_network(), family) && !is_left_out(inputs, family))
            || inputs.existing(family).is_some()
            || inputs.listed(family).is_some()
            || inputs.request.concerns(family)
    };
    let has_services = |family| has_family(&inputs.facts.networks.services, family);
    let families = |is: &dyn Fn(Family) -> bool| -> Vec<Family> {
        Family::BOTH.into_iter().filter(|f| is(*f)).collect()
    };
    [families(&is_certain), families(&has_services)]
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_else(|| vec![Family::V4])
}

fn has_family<'a>(
    networks: impl IntoIterator<Item = &'a ConfiguredNetwork>,
    family: Family,
) -> bool {
    networks
        .into_iter()
        .any(|network| network.of_family(family).next().is_some())
}

/// The CIDR of a family's pool.
pub(crate) fn choose(inputs: &Inputs, family: Family) -> Choice<Cidr> {
    let existing = inputs.existing(family).and_then(|pool| {
        let why = format!("immutable in the existing pool {}", pool.name);
        let from = Provenance::new(pool.object(), "spec.cidr");
        Some(Choice::known(pool.network?, why, from))
    });
    let network = inputs.pod_network();
    // Where the family has no pod CIDR, the findings say what is wrong with the listed one.
    let is_candidate = |cidr: &Cidr| {
        network.is_none_or(|network| {
            let mut own = network.of_family(family).peekable();
            own.peek().is_none() || own.any(|own| own.contains(cidr))
        })
    };
    let listed = inputs.listed(family).map(|(cidr, _)| cidr);
    let given = inputs.request.cidr.of(family);
    if let Some(choice) = settled_by(given, FLAG, existing, listed.filter(is_candidate)) {
        return choice;
    }
    match network {
        Some(network) => of_network(inputs, network, family, listed),
        None => without_network(inputs, family),
    }
}

fn of_network(
    inputs: &Inputs,
    network: &ConfiguredNetwork,
    family: Family,
    listed: Option<Cidr>,
) -> Choice<Cidr> {
    let mut cidrs = network.of_family(family);
    let Some(first) = cidrs.next() else {
        return Choice::undetermined(
            format!(
                "the pod CIDRs {} include no {family} network",
                network.list()
            ),
            FLAG,
        );
    };
    let mut why = "the cluster's pod CIDR".to_owned();
    if first.has_host_bits() {
        why.push_str(&format!(", configured as {first}"));
    }
    if let Some(more) = cidrs.next() {
        why.push_str(&format!(
            "; there is also {more}, which could have its own pool"
        ));
    }
    if let Some(listed) = listed {
        why.push_str(&format!(
            "; the Installation lists {listed}, which is outside it"
        ));
    }
    why.push_str(overlap_remark(inputs, &first.network()));
    Choice::Known {
        value: first.network(),
        why,
        from: inputs
            .facts
            .networks
            .pods
            .iter()
            .filter(|other| !other.is_lower_bound() && other.list() == network.list())
            .map(|other| other.from.clone())
            .collect(),
    }
}

fn without_network(inputs: &Inputs, family: Family) -> Choice<Cidr> {
    if let Some(cidr) = eks_default(inputs, family) {
        let remark = overlap_remark(inputs, &cidr);
        let why = format!("the operator's default on EKS, where no pod CIDR is configured{remark}");
        return Choice::reasoned(cidr, why);
    }
    let mut why = "the cluster's pod CIDR could not be determined".to_owned();
    let node_cidrs: Vec<&Cidr> = inputs
        .facts
        .networks
        .pods
        .iter()
        .find(|network| network.is_lower_bound())
        .map(|network| network.of_family(family).collect())
        .unwrap_or_default();
    match node_cidrs.as_slice() {
        [] => {}
        [one] => why.push_str(&format!("; it contains the node's podCIDR {one}")),
        [first, .., last] => why.push_str(&format!(
            "; it contains the nodes' podCIDRs, {first} to {last}"
        )),
    }
    Choice::undetermined(why, FLAG)
}

fn eks_default(inputs: &Inputs, family: Family) -> Option<Cidr> {
    let default = EKS_DEFAULT.parse::<Cidr>().ok()?;
    let applies = inputs.platform() == Some(Platform::Eks)
        && family == Family::V4
        && is_clear_of_services_and_nodes(inputs.snapshot, inputs.facts, &default);
    applies.then_some(default)
}

/// What is known about overlaps, as the end of a reason. Status reports a CIDR that does overlap.
fn overlap_remark(inputs: &Inputs, cidr: &Cidr) -> &'static str {
    if !is_clear_of_services_and_nodes(inputs.snapshot, inputs.facts, cidr) {
        return "";
    }
    let knows_services = !inputs.facts.networks.services.is_empty();
    let knows_nodes = inputs.node_addresses().next().is_some();
    match (knows_services, knows_nodes) {
        (true, true) => "; it overlaps neither the Service CIDRs nor node addresses",
        (true, false) => {
            "; it does not overlap the Service CIDRs; the addresses of the nodes are unknown"
        }
        (false, true) => "; it does not overlap node addresses; the Service CIDRs are unknown",
        (false, false) => "; the Service CIDRs and the addresses of the nodes are unknown",
    }
}
