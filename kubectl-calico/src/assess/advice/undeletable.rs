//! A pool that Calico's API can neither change nor delete: since Calico 3.32, one whose CIDR has host bits.
//!
//! While it is listed, the operator creates no other pool either.
//! Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go, which creates pools before it deletes any;
//! projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::name_of;
use calico_core::pod_network::hold;

use super::moves::{is_canonical, new_ranges};
use super::pool_fixes::{block_size, made_lasting};
use super::sound_encapsulation::better;
use crate::assess::check::Case;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::Step;
use crate::repair::free_range::temporary;
use crate::repair::kubectl::RECREATE_PODS;
use crate::repair::new_pool::NewPool;
use crate::repair::pool_writer::PoolWriter;
use crate::repair::resource_writer::delete_pool_in_datastore;

/// The first minor version of Calico in which the CIDR of an existing pool is immutable in the CRDs,
/// too.
const CIDR_FIXED_IN_CRD: u32 = 32;

/// Whether a CIDR cannot even be corrected in the CRD.
pub(crate) fn is_fixed(case: &Case) -> bool {
    let minor = case.facts.install.calico_minor();
    minor.is_none_or(|minor| minor >= CIDR_FIXED_IN_CRD)
}

/// Replaces such a pool.
pub(crate) fn replace(case: &Case, old: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps = Vec::new();
    let name = the_pool(&old.name);
    let what = match successor(case, old) {
        Some(new) => format!(
            "now that {} exists, delete {name} directly in the datastore, because Calico's API refuses to delete it; its \
             pods then have no network until they are recreated",
            the_pool(&new.name)
        ),
        None => {
            steps.push(listed_instead(case, &mut writer, old));
            format!(
                "once the new pool exists, delete {name} directly in the datastore, because Calico's API refuses to \
                 delete it; its pods then have no network until they are recreated"
            )
        }
    };
    steps.push(Step::new(what).run(delete_pool_in_datastore(case.snapshot, &old.name)));
    steps.push(
        Step::new("recreate all pods that use the pool, one namespace at a time")
            .run(RECREATE_PODS),
    );
    made_lasting(case, &writer, steps)
}

/// The pool to which the pods go, if it exists and the operator no longer wants the old one.
pub(crate) fn successor<'a>(case: &Case<'a>, old: &ExistingPool) -> Option<&'a ExistingPool> {
    let installation = case.facts.installation.as_ref();
    let is_wanted = installation.is_some_and(|it| it.index_of(&old.cidr).is_some());
    let mut pools = case.facts.known_pools().iter();
    let takes_pods = |pool: &&ExistingPool| {
        pool.family() == old.family() && pool.serves_every_node() && is_canonical(pool)
    };
    pools.find(takes_pods).filter(|_| !is_wanted)
}

fn listed_instead(case: &Case, writer: &mut PoolWriter, old: &ExistingPool) -> Step {
    let range = old.family().and_then(|family| range(case, family, old));
    let replaced = range.and_then(|cidr| {
        let new = NewPool {
            name: name_of(&cidr),
            cidr,
            block_size: block_size(case, &cidr, old.block_size),
            encapsulation: better(case, old).map_or(old.encapsulation, |it| it.encapsulation),
        };
        Some((cidr, writer.replace_listed(old, &new)?))
    });
    match replaced {
        Some((cidr, command)) => Step::new(format!(
            "list another pool, such as {cidr}, in place of {}: the operator can neither change \
             nor delete it, and does not create any other pool while it is listed{}",
            the_pool(&old.name),
            outside_pod_network(case, &cidr)
        ))
        .run(command),
        None => Step::new("add another pool with an unused CIDR"),
    }
}

/// A range that no other finding proposes: such pools get one each, in their order.
fn range(case: &Case, family: Family, old: &ExistingPool) -> Option<Cidr> {
    let pools = case.facts.known_pools();
    let mut used: Vec<Cidr> = pools.iter().filter_map(|pool| pool.network).collect();
    used.extend(new_ranges(case));
    let mut like_it = pools
        .iter()
        .filter(|pool| pool.family() == Some(family) && !is_canonical(pool))
        .take_while(|pool| pool.name != old.name);
    like_it.try_for_each(|_| {
        used.push(temporary(case.snapshot, case.facts, family, &used)?);
        Some(())
    })?;
    temporary(case.snapshot, case.facts, family, &used)
}

/// A remark on a range that is used only because the pod network has no free one.
fn outside_pod_network(case: &Case, cidr: &Cidr) -> &'static str {
    let network = case.facts.networks.best();
    if network.is_some_and(|network| !hold(&network.cidrs, cidr)) {
        "; this range is outside the pod CIDR, where kube-proxy masquerades traffic from pods: if \
         the pod CIDR has an unused range, use that instead"
    } else {
        ""
    }
}
