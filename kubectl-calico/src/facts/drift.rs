//! The fields in which an existing pool differs from the Installation.

use calico_core::defaults::EffectivePool;

use super::installation::InstallationFacts;
use super::pools::ExistingPool;

/// The key for `spec.disabled`, which has no field in the Installation before operator 1.36.
pub const NO_FIELD: &str = "disabled";

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field's key in the Installation.
    pub key: &'static str,
    /// The field's path in the IPPool.
    pub field: &'static str,
    /// The value in the Installation, with the operator's defaults.
    pub requested: String,
    /// The value in the IPPool.
    pub existing: String,
}

/// The fields that differ.
pub fn differences(
    installation: &InstallationFacts,
    listed: &EffectivePool,
    pool: &ExistingPool,
) -> Vec<Difference> {
    let on = |enabled: bool| if enabled { "Enabled" } else { "Disabled" };
    let fields = [
        (
            "blockSize",
            "spec.blockSize",
            listed.block_size.map(|size| size.to_string()),
            pool.block_size.to_string(),
        ),
        (
            "encapsulation",
            "spec.ipipMode, spec.vxlanMode",
            listed.encapsulation.clone(),
            pool.encapsulation.to_string(),
        ),
        (
            "natOutgoing",
            "spec.natOutgoing",
            listed.nat_outgoing.clone(),
            on(pool.nat_outgoing).to_owned(),
        ),
        (
            "nodeSelector",
            "spec.nodeSelector",
            Some(listed.node_selector.clone()),
            pool.node_selector.clone(),
        ),
        disabled(installation, listed, pool),
        (
            "disableBGPExport",
            "spec.disableBGPExport",
            written(installation, pool, 0, listed.disables_bgp_export),
            pool.spec.disable_bgp_export.to_string(),
        ),
        (
            "allowedUses",
            "spec.allowedUses",
            written(installation, pool, 34, listed.uses()),
            pool.uses().to_string(),
        ),
    ];
    fields
        .into_iter()
        .filter_map(|(key, field, requested, existing)| {
            Some(Difference {
                key,
                field,
                requested: requested.filter(|requested| *requested != existing)?,
                existing,
            })
        })
        .collect()
}

/// What the operator writes to a pool that it changes, if it knows the field since that minor version.
fn written(
    installation: &InstallationFacts,
    pool: &ExistingPool,
    since: u32,
    value: impl ToString,
) -> Option<String> {
    let writes = pool.owned_by_operator && installation.changes_existing_pools();
    (writes && installation.operator.since(since)).then(|| value.to_string())
}

/// Key, path, and the values in the Installation and in the IPPool.
type Compared = (&'static str, &'static str, Option<String>, String);

/// Whether the pool assigns no new addresses. The Installation has a field for this since operator 1.36.
/// Earlier operators enable every pool that they own, if they change existing pools at all.
fn disabled(
    installation: &InstallationFacts,
    listed: &EffectivePool,
    pool: &ExistingPool,
) -> Compared {
    let (key, requested) = if installation.operator.since(36) {
        let disables = listed.disables_new_allocations;
        ("disableNewAllocations", Some(disables))
    } else {
        let enables = pool.owned_by_operator && installation.changes_existing_pools();
        (NO_FIELD, enables.then_some(false))
    };
    let requested = requested.map(|disabled| disabled.to_string());
    let existing = pool.spec.disabled.to_string();
    (key, "spec.disabled", requested, existing)
}
