//! The pods of a DaemonSet that its rolling update has just replaced.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::joining::is_starting;
use crate::snapshot::Pod;

/// How many of the `wanted` pods a rolling update may have stopped; none if there is none under way.
pub fn stopped(set: &DaemonSet, wanted: usize) -> usize {
    if is_under_way(set) {
        at_a_time(set, wanted)
    } else {
        0
    }
}

/// Takes the pods out of unready ones that the update has just created: as many as it may stop at a time, of which
/// nothing shows that they fail.
pub fn take_replaced<'a>(
    set: &DaemonSet,
    wanted: usize,
    unready: &mut Vec<&'a Pod>,
) -> Vec<&'a Pod> {
    let left = stopped(set, wanted);
    let mut replaced = Vec::new();
    unready.retain(|pod| {
        let is_replaced = replaced.len() < left && is_starting(pod);
        if is_replaced {
            replaced.push(*pod);
        }
        !is_replaced
    });
    replaced
}

fn is_under_way(set: &DaemonSet) -> bool {
    set.status.as_ref().is_some_and(|status| {
        status.updated_number_scheduled.unwrap_or_default() < status.desired_number_scheduled
            && status.number_ready > 0
    })
}

/// How many pods it stops at a time: by default one. A percentage is rounded up. With OnDelete, there is no rolling
/// update.
/// Source: kubernetes v1.34, pkg/controller/daemon/update.go (`maxUnavailable`).
fn at_a_time(set: &DaemonSet, wanted: usize) -> usize {
    let spec = set.spec.as_ref();
    let strategy = spec.and_then(|spec| spec.update_strategy.as_ref());
    if strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("OnDelete") {
        return 0;
    }
    let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
    let most = match rolling.and_then(|rolling| rolling.max_unavailable.as_ref()) {
        Some(IntOrString::Int(count)) => usize::try_from(*count).unwrap_or_default(),
        Some(IntOrString::String(share)) => {
            let percent = share
                .strip_suffix('%')
                .and_then(|text| text.parse::<usize>().ok());
            percent.map_or(1, |percent| wanted.saturating_mul(percent).div_ceil(100))
        }
        None => 1,
    };
    most.max(1)
}
