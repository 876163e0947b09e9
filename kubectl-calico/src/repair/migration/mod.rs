//! Moves from an existing pool to another CIDR or block size. Both are immutable, so a new pool is
//! added and the pods are moved to it.
//!
//! Source: Calico's documentation (3.32), "Migrate from one IP pool to another" and "Change IP
//! pool block size".

mod moves;
mod retirement;
mod temporary;

pub use moves::{Move, Target, all, awaited_pool};
pub use retirement::{delete, disable, recreate_pods, retire, unpin};
pub use temporary::{from_temporary, is_temporary};
pub(super) use temporary::{outside_pod_network, temporary_name};

use super::new_pool::NewPool;
use super::pool_writer::PoolWriter;
use super::step::{Step, until_withheld};
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::facts::tunnel_addresses::Tunnel;
use crate::snapshot::Snapshot;
use temporary::by_way_of_a_third;

/// The steps from an existing pool to a new one.
pub fn steps(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &mut PoolWriter,
    old: &ExistingPool,
    new: &NewPool,
) -> Vec<Step> {
    let overlaps = old.network.is_none_or(|range| range.overlaps(&new.cidr));
    if overlaps && !writer.awaits(&new.cidr) {
        let outage = Tunnel::lost_with(facts.known_pools(), old, Some(new.encapsulation));
        let mut steps = by_way_of_a_third(snapshot, facts, writer, old, new, outage);
        steps.extend(writer.list_in_place(old, new));
        if steps.len() > 1 {
            steps.splice(0..0, unpin(snapshot, facts, old));
        }
        return until_withheld(steps);
    }
    let to = Target::New {
        pool: new.clone(),
        why: None,
    };
    let olds = vec![old];
    all(snapshot, facts, writer, &[Move { olds, to }])
}
