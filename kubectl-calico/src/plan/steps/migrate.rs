//! From a live pool to another CIDR or block size, as Calico's guides do it.
//!
//! Source: Calico's documentation (3.32), "Migrate from one IP pool to another" and "Change IP
//! pool block size".

use calico_core::cidr::{Cidr, Family};

use super::way::{NewPool, Way};
use crate::assess::facts::pools;
use crate::plan::inputs::Inputs;
use crate::plan::pool::Pool;
use crate::plan::values::clear_range::is_apart;
use crate::repair::Step;

/// What takes pods out of a pool: recreating them.
pub(crate) const RECREATE: &str = "kubectl delete pod --all --namespace NAMESPACE";

/// The steps that take one live pool to what is planned.
pub(crate) fn steps(inputs: &Inputs, planned: &Pool, live: &pools::Pool) -> Vec<Step> {
    let (Some(cidr), Some(block_size), Some(encapsulation)) = (
        planned.cidr.value(),
        planned.block_size.value(),
        planned.encapsulation.value(),
    ) else {
        return Vec::new();
    };
    let mut way = Way::of(inputs, live);
    let family = planned.family;
    let wanted = NewPool {
        name: match family {
            Family::V4 => "new-ipv4-pool",
            Family::V6 => "new-ipv6-pool",
        },
        cidr: *cidr,
        block_size: *block_size,
        encapsulation: *encapsulation,
    };
    let apart = live.network.is_some_and(|old| !old.overlaps(cidr));
    if apart {
        let mut steps = vec![
            Step::new(format!("add the pool {cidr} beside {}", live.name)).run(way.add(&wanted)),
        ];
        steps.extend(emptied(&mut way, &live.name, &live.cidr));
        return steps;
    }
    by_way_of_another(inputs, way, live, wanted)
}

/// Two pools cannot overlap, so that pods have to move twice.
fn by_way_of_another(
    inputs: &Inputs,
    mut way: Way,
    live: &pools::Pool,
    wanted: NewPool,
) -> Vec<Step> {
    let Some(spare) = spare(inputs, &wanted.cidr) else {
        return vec![Step::new(format!(
            "{} overlaps {}, so pods have to move to a third pool and back: choose a CIDR for it \
             that nothing uses, and ask for that first with --cidr",
            wanted.cidr, live.name
        ))];
    };
    let temporary = NewPool {
        name: match spare.family() {
            Family::V4 => "temporary-ipv4-pool",
            Family::V6 => "temporary-ipv6-pool",
        },
        cidr: spare,
        ..wanted
    };
    let outside = inputs
        .pod_network()
        .is_some_and(|network| !network.cidrs.iter().any(|cidr| cidr.contains(&spare)));
    let remark = match outside {
        true => {
            "; it is outside of the pod network, so that kube-proxy replaces the source \
                 addresses of its pods in the meantime"
        }
        false => "",
    };
    let mut steps = vec![
        Step::new(format!(
            "add a pool for the meantime, since the new one overlaps {}{remark}",
            live.name
        ))
        .run(way.add(&temporary)),
    ];
    steps.extend(emptied(&mut way, &live.name, &live.cidr));
    let back = NewPool {
        name: &live.name,
        ..wanted
    };
    steps.push(Step::new("add the new pool").run(way.add(&back)));
    steps.extend(emptied(&mut way, temporary.name, &spare.to_string()));
    steps
}

/// A pool is stopped, emptied and removed.
fn emptied(way: &mut Way, name: &str, cidr: &str) -> [Step; 3] {
    [
        Step::new(format!(
            "let {name} give out no more addresses; its pods keep theirs"
        ))
        .run(way.stop(name, cidr)),
        Step::new(format!(
            "recreate all pods that have one, in one namespace after the other, until kubectl \
             calico status shows none in use of {name}"
        ))
        .run(RECREATE),
        Step::new(format!("remove {name}, and go on once it is gone")).run(way.remove(name, cidr)),
    ]
}

/// A CIDR that nothing uses, of those that calico-node tries where it is given none.
/// Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go, and
/// libcalico-go/lib/ipam (`GetDefaultIPv4Pool`).
fn spare(inputs: &Inputs, wanted: &Cidr) -> Option<Cidr> {
    let tried = std::iter::once("192.168.0.0/16".to_owned())
        .chain((16..32).map(|second| format!("172.{second}.0.0/16")));
    let pools = inputs
        .pools()
        .iter()
        .filter_map(|pool| pool.network.as_ref());
    let used: Vec<&Cidr> = pools.chain([wanted]).collect();
    tried
        .filter_map(|text| text.parse::<Cidr>().ok())
        .filter(|cidr| cidr.family() == wanted.family())
        .filter(|cidr| is_apart(inputs, cidr))
        .find(|cidr| !used.iter().any(|other| other.overlaps(cidr)))
}
