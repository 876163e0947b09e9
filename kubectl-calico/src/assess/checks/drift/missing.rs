//! Pools that the Installation lists and that do not exist.

use calico_core::catalog::Entry;
use calico_core::installation::path;

use crate::assess::facts::installation::InstallationFacts;
use crate::assess::finding::Finding;
use crate::snapshot::ObjectRef;

/// There is no pool of the entry's network.
pub(super) fn missing(
    entry: &'static Entry,
    installation: &InstallationFacts,
    index: usize,
    cidr: &str,
) -> Finding {
    let finding = Finding::warning(
        entry,
        ObjectRef::installation(),
        format!("the listed pool {cidr} does not exist"),
    )
    .evidence(
        ObjectRef::installation(),
        path::pool_field(index, "cidr"),
        cidr,
    )
    .evidence(ObjectRef::all("IPPool"), format!("count (CIDR {cidr})"), 0);
    if installation.changes_existing_pools() {
        finding
            .impact(
                "pods get no addresses from it until the operator creates it, which requires \
                 Calico's API server",
            )
            .fix("check what the operator reports about it")
            .paste("kubectl get tigerastatus ippools -o yaml")
    } else {
        finding
            .impact(
                "it is never created: calico-node creates only the first pool of a family, and \
                 operators before 1.34 do not create pools; after an upgrade to Calico 3.28 or \
                 later, the operator would create it",
            )
            .fix("create the pool as an IPPool, or remove it from the Installation")
    }
}
