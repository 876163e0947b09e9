//! Whether a pool contains the addresses of pods, if these are those of their node's podCIDR.

use calico_core::catalog::Entry;
use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::name_of;
use calico_core::pool::Encapsulation;

use super::pod_cidrs::nodes;
use crate::assess::advice::pool_fixes::made_lasting;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::pools::ExistingPool;
use crate::phrases::{few, the_pool, the_pools};
use crate::repair::Step;
use crate::repair::migration::delete;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{CALICO_CONFIG, DAEMON_SETS, INSTALLATIONS, IP_POOLS, NODES};

pub(crate) const POD_CIDRS_OUTSIDE_POOLS: Check = Check {
    entry: Entry {
        code: "CAL231",
        title: "with host-local IPAM, no pool contains the podCIDRs of nodes",
        meaning: "With host-local IPAM, pods get their addresses from the podCIDR of their node (spec.podCIDR). A pool \
                  assigns nothing then: it says which addresses get NAT and encapsulation. No pool contains those that \
                  pods have.",
        impact: "Traffic of pods to destinations outside the cluster keeps the address of the pod, so there is no reply \
                 unless something else masquerades it or routers know it. Traffic between nodes is not encapsulated.",
        criteria: "Pods get their addresses from host-local IPAM, a pool of their family is enabled for pods that has \
                   natOutgoing or an encapsulation, and the podCIDR of a node is in no pool at all, not even a disabled one. \
                   Not checked on managed Kubernetes, which masquerades itself.",
        fix: "Add a pool that contains the podCIDRs of all nodes, which is usually the pod CIDR of the cluster, and delete \
              the other one. No pod has an address from that, so none needs to be recreated.",
        source: "projectcalico/calico v3.32.1, felix/rules/nat.go and \
                 confd/etc/calico/confd/templates/bird_ipam.cfg.template",
    },
    needs: &[&NODES, &IP_POOLS, &DAEMON_SETS],
    // What assigns addresses.
    excuses: &[&CALICO_CONFIG, &INSTALLATIONS],
    judges: Judges::Following,
    find: |case| {
        let is_managed = case.facts.cluster.is_managed();
        if !case.facts.by_pod_cidr() || case.facts.routing.is_by_others() || is_managed {
            return Vec::new();
        }
        Family::BOTH
            .into_iter()
            .filter_map(|family| finding(case, family))
            .collect()
    },
};

/// A node, and its podCIDR that is in no pool.
type Outside<'a> = (&'a str, Cidr);

fn finding(case: &Case, family: Family) -> Option<Finding> {
    let pools = case.facts.known_pools();
    let of_family = |pool: &&ExistingPool| {
        let matters = pool.nat_outgoing || pool.encapsulation != Encapsulation::None;
        pool.family() == Some(family) && pool.serves_pods() && matters
    };
    let useless: Vec<&ExistingPool> = pools.iter().filter(of_family).collect();
    let first = *useless.first()?;
    let is_inside = |cidr: &Cidr| {
        let mut networks = pools.iter().filter_map(|pool| pool.network);
        networks.any(|network| network.overlaps(cidr))
    };
    let nodes = nodes(case);
    let outside: Vec<Outside> = nodes
        .iter()
        .flat_map(|node| {
            let cidrs = node.spec.pod_cidrs.iter().filter_map(|it| it.parse().ok());
            cidrs.map(move |cidr: Cidr| (node.metadata.name.as_str(), cidr))
        })
        .filter(|(_, cidr)| cidr.family() == family && !is_inside(cidr))
        .collect();
    let names: Vec<&str> = outside.iter().map(|(name, _)| *name).collect();
    if names.is_empty() {
        return None;
    }
    let finding = Finding::warning(
        &POD_CIDRS_OUTSIDE_POOLS.entry,
        first.object(),
        format!("no pool contains the podCIDR of {}", few(&names)),
    )
    .evidence(first.object(), "spec.cidr", &first.cidr);
    let finding = finding.for_few(outside.iter(), |finding, (name, cidr)| {
        finding.evidence(ObjectRef::named("Node", *name), "spec.podCIDRs", cidr)
    });
    Some(
        finding
            .impact(impact(first))
            .fixed_by_all(steps(case, &useless, &outside)),
    )
}

/// What the pods there lack.
fn impact(pool: &ExistingPool) -> String {
    let nat = pool.nat_outgoing.then_some(
        "pods there get no NAT: they reach nothing outside the cluster, unless something else masquerades their traffic or \
         routers know their addresses",
    );
    let is_encapsulated = pool.encapsulation != Encapsulation::None;
    let plain = is_encapsulated.then_some("their traffic between nodes is not encapsulated");
    let clauses: Vec<&str> = nat.into_iter().chain(plain).collect();
    clauses.join("; ")
}

fn steps(case: &Case, useless: &[&ExistingPool], outside: &[Outside]) -> Vec<Step> {
    let names: Vec<&str> = useless.iter().map(|pool| pool.name.as_str()).collect();
    let (&[old], Some(to)) = (useless, range(case, outside)) else {
        return vec![Step::new(format!(
            "add a pool with the settings of {} that contains the podCIDRs of all nodes, and delete the pools that contain \
             none: no pod has an address from them, and none needs to be recreated",
            the_pools(&names)
        ))];
    };
    let new = NewPool {
        name: name_of(&to),
        cidr: to,
        block_size: old.block_size,
        encapsulation: old.encapsulation,
    };
    let name = the_pool(&old.name);
    let carries = match old.encapsulation {
        Encapsulation::None => String::new(),
        encapsulation => format!("; traffic between nodes uses {encapsulation} from then on"),
    };
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let settings = writer.settings_of(old);
    let add = Step::new(format!(
        "add the pool {to} with the settings of {name}{carries}"
    ));
    let add = add.run(writer.add(&new, &settings));
    let mut gone = delete(&mut writer, old.into());
    gone.what
        .push_str(": no pod has an address from it, so none needs to be recreated");
    made_lasting(case, &writer, vec![add, gone])
}

/// The pod CIDR of the cluster, if a pool can have it and it contains all of these podCIDRs. host-local IPAM does not work
/// with VXLAN.
fn range(case: &Case, outside: &[Outside]) -> Option<Cidr> {
    let network = case.facts.networks.best()?;
    let pools = case.facts.known_pools();
    let is_vxlan = |pool: &ExistingPool| pool.encapsulation.is_vxlan();
    let mut networks = network.cidrs.iter().map(Cidr::network);
    let to = networks.find(|cidr| outside.iter().all(|(_, it)| cidr.contains(it)))?;
    let mut taken = pools.iter().filter_map(|pool| pool.network);
    (!taken.any(|it| it.overlaps(&to)) && !pools.iter().any(is_vxlan)).then_some(to)
}
