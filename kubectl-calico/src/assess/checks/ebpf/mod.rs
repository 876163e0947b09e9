//! Whether the eBPF data plane has what it needs.

mod api_address;
mod kernel;
mod kube_proxy_beside;

pub(crate) use api_address::NO_API_ADDRESS;
pub(crate) use kernel::KERNEL_TOO_OLD;
pub(crate) use kube_proxy_beside::{IPVS_FIRST, KUBE_PROXY_BESIDE};

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::dataplane::Dataplane;

/// Adds what turns eBPF on.
fn turned_on(case: &Case, finding: Finding) -> Finding {
    match case.facts.dataplane.from().first().filter(|_| is_on(case)) {
        Some(from) => finding.read(from, true),
        None => finding,
    }
}

fn is_on(case: &Case) -> bool {
    case.facts.dataplane.value() == Some(&Dataplane::Bpf)
}
