//! Entries of the Installation that have another name than the pool with their CIDR.

use calico_core::catalog::Entry;
use calico_core::installation::path;
use serde_json::json;

use super::changed_entry::{compared, put_back, severity_of_rejected};
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::snapshot::{ObjectRef, Store};

/// Adds the name of an entry as evidence.
pub(super) fn with_other_name(
    finding: Finding,
    installation: &InstallationFacts,
    index: usize,
) -> Finding {
    let written = installation.written.pools.as_deref().unwrap_or_default();
    let name = written.get(index).and_then(|entry| entry.name.as_deref());
    finding.evidence(
        ObjectRef::installation(),
        path::pool_field(index, "name"),
        name.unwrap_or_default(),
    )
}

/// Whether an entry is about a pool and has another name, which keeps the operator from taking the pool over if it does not
/// own it. Of two pools with one CIDR (CAL204), the entry is about one.
pub(super) fn has_other_name(
    case: &Case,
    installation: &InstallationFacts,
    index: usize,
    pool: &ExistingPool,
) -> bool {
    let mut others = case.facts.known_pools().iter();
    let is_twin = |other: &ExistingPool| other.cidr == pool.cidr && other.name != pool.name;
    !pool.owned_by_operator && installation.has_other_name(index, pool) && !others.any(is_twin)
}

/// An owned pool whose entry kept its CIDR and got another name.
pub(super) fn renamed(
    entry: &Entry,
    case: &Case,
    installation: &InstallationFacts,
    pool: &ExistingPool,
) -> Option<Finding> {
    let index = installation.renamed(pool)?;
    // The CRDs of projectcalico.org/v3 do not compare pools with each other.
    if case.snapshot.store == Store::V3 {
        return None;
    }
    let written = installation.written.pools.as_deref().unwrap_or_default();
    let name = written.get(index)?.name.as_deref()?;
    let (severity, when) = severity_of_rejected(case);
    let message = format!(
        "the Installation changes the name from {} to {name}",
        pool.name
    );
    let finding = compared(entry, severity, pool, (index, "name", name), message).impact(format!(
        "{when}the operator tries to create {} next to {}: Calico's API rejects it, and the operator changes \
         no pool at all; the existing pool keeps working",
        the_pool(name),
        the_pool(&pool.name)
    ));
    Some(put_back(
        finding,
        case,
        (index, &[("name", json!(pool.name))]),
        |place| {
            format!(
                "set the name in {place} back to {}, or leave it out",
                pool.name
            )
        },
    ))
}

/// A pool that the operator does not own and whose entry has the same values under another name. The operator compares
/// them with the name, and so does not take the pool over.
pub(super) fn unowned_under_another_name(
    entry: &Entry,
    case: &Case,
    installation: &InstallationFacts,
    index: usize,
    pool: &ExistingPool,
) -> Option<Finding> {
    if !has_other_name(case, installation, index, pool) {
        return None;
    }
    let message = format!(
        "the operator cannot take over {}: the Installation lists it under another name",
        pool.cidr
    );
    let finding = Finding::note(entry, pool.object(), message);
    let finding = with_other_name(finding, installation, index)
        .evidence(
            pool.object(),
            "label app.kubernetes.io/managed-by",
            "not set",
        )
        .impact("later changes to the Installation do not reach the pool");
    let fields = [("name", json!(pool.name))];
    Some(put_back(finding, case, (index, &fields), |place| {
        format!("set the name in {place} to {}, or leave it out", pool.name)
    }))
}
