//! Entries of the Installation whose pool has another name, another CIDR, or its CIDR in another notation.

use calico_core::catalog::Entry;
use calico_core::installation::path;
use serde_json::{Value, json};

use crate::assess::advice::moves::is_canonical;
use crate::assess::advice::pool_fixes::set_listed;
use crate::assess::check::Case;
use crate::assess::checks::pool_cidr::NOT_CANONICAL;
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::assess::pending_change::PendingChange;
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::snapshot::ObjectRef;

/// The CIDR text by which the operator identifies a pool.
pub(super) fn cidr_of(installation: &InstallationFacts, index: usize) -> Option<&str> {
    let listed = installation.written.pools.as_deref().unwrap_or_default();
    listed.get(index)?.cidr.as_deref()
}

/// What an entry has in a field, next to the pool.
pub(super) fn compared(
    entry: &Entry,
    severity: Severity,
    pool: &ExistingPool,
    (index, field, listed): (usize, &str, &str),
    message: String,
) -> Finding {
    Finding::new(entry, severity, pool.object(), message)
        .evidence(
            ObjectRef::installation(),
            path::pool_field(index, field),
            listed,
        )
        .evidence(pool.object(), "spec.cidr", &pool.cidr)
}

/// Gives fields of an entry the values of the pool. `what` says so of the place of the entry.
pub(super) fn put_back(
    finding: Finding,
    case: &Case,
    (index, fields): (usize, &[(&str, Value)]),
    what: impl Fn(&str) -> String,
) -> Finding {
    finding
        .in_manifest(what("the manifest of the Installation"))
        .fixed_by_all(set_listed(case, index, what("the Installation"), fields))
}

/// The CIDR and the name of a pool, as far as its entry has others.
pub(super) fn identity(
    installation: &InstallationFacts,
    index: usize,
    pool: &ExistingPool,
) -> Vec<(&'static str, Value)> {
    let mut fields = vec![("cidr", json!(pool.cidr))];
    if installation.has_other_name(index, pool) {
        fields.push(("name", json!(pool.name)));
    }
    fields
}

/// The same in words.
pub(super) fn identified(
    installation: &InstallationFacts,
    index: usize,
    pool: &ExistingPool,
) -> String {
    if installation.has_other_name(index, pool) {
        format!("{} under its name {}", pool.cidr, pool.name)
    } else {
        pool.cidr.clone()
    }
}

/// The network of the entry exists as a pool, whose CIDR is written differently.
pub(super) fn written_otherwise(
    entry: &Entry,
    case: &Case,
    installation: &InstallationFacts,
    (index, cidr): (usize, &str),
    pool: &ExistingPool,
) -> Finding {
    let finding = in_another_notation(entry, Severity::Warning, index, cidr, pool).impact(
        "the operator identifies pools by the text of their CIDR: it tries to create a second \
         pool with the same range, and is rejected",
    );
    if is_canonical(pool) {
        let fields = identity(installation, index, pool);
        return put_back(finding, case, (index, &fields), |place| {
            format!(
                "write the CIDR in {place} exactly as in the pool: {}",
                identified(installation, index, pool)
            )
        });
    }
    // The pool is wrong, not the entry.
    finding
        .fix(format!(
            "keep the CIDR in the Installation, and correct that of the pool as {} says",
            NOT_CANONICAL.entry.code
        ))
        .suspects([Suspect::Code(NOT_CANONICAL.entry.code)])
}

/// The same, where the operator deletes the pool, because its text is not listed, and creates it again.
pub(super) fn deleted_in_a_loop(
    entry: &Entry,
    case: &Case,
    index: usize,
    cidr: &str,
    pool: &ExistingPool,
) -> Finding {
    let finding = in_another_notation(entry, Severity::Error, index, cidr, pool)
        .impact(
            "once the operator and Calico's API server both run, the operator does not find the pool's CIDR in \
             the list, so it deletes the pool, creates it again, and keeps repeating this: the pool's pods \
             lose their routes and NAT",
        )
        .pending(PendingChange::Delete(pool.object()));
    let fields = [("cidr", json!(pool.cidr))];
    put_back(finding, case, (index, &fields), |place| {
        format!(
            "write the CIDR in {place} exactly as in the pool: {}",
            pool.cidr
        )
    })
}

fn in_another_notation(
    entry: &Entry,
    severity: Severity,
    index: usize,
    cidr: &str,
    pool: &ExistingPool,
) -> Finding {
    let message = format!("its CIDR is written as {cidr} in the Installation");
    compared(entry, severity, pool, (index, "cidr", cidr), message)
}

/// An owned pool whose entry kept its name and got another CIDR.
pub(super) fn renumbered(
    entry: &Entry,
    case: &Case,
    installation: &InstallationFacts,
    pool: &ExistingPool,
) -> Option<Finding> {
    let index = installation.renumbered(pool)?;
    let listed = cidr_of(installation, index).unwrap_or_default();
    let message = format!(
        "the Installation changes the CIDR from {} to {listed}",
        pool.cidr
    );
    let finding = compared(
        entry,
        Severity::Error,
        pool,
        (index, "cidr", listed),
        message,
    )
    .impact(
        "the operator stops with \"IPPool CIDR cannot be modified\" and changes no pool at \
         all; the pool itself keeps working",
    );
    Some(put_back(
        finding,
        case,
        (index, &[("cidr", json!(pool.cidr))]),
        |place| {
            format!(
                "set the CIDR in {place} back to {}; for another CIDR, add a second pool \
                 (kubectl calico plan --cidr)",
                pool.cidr
            )
        },
    ))
}

/// How severe it is that Calico's API rejects what the operator creates, and when it does. Without Calico's API server,
/// the operator creates no pool beside another one.
pub(super) fn severity_of_rejected(case: &Case) -> (Severity, &'static str) {
    if case.snapshot.api_servers.items().is_empty() {
        (Severity::Warning, "once Calico's API server runs, ")
    } else {
        (Severity::Error, "")
    }
}
