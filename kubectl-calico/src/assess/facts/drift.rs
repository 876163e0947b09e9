//! In what a live pool is not what the Installation asks for.

use calico_core::defaults::EffectivePool;

use super::installation::InstallationFacts;
use super::pools::Pool;

/// The key of what the Installation of an older operator has no field for.
pub const NO_FIELD: &str = "disabled";

/// A field in which both differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its key in the Installation.
    pub key: &'static str,
    /// Where an IPPool says it.
    pub field: &'static str,
    /// What is asked for.
    pub asked: String,
    /// What is.
    pub live: String,
}

/// The fields in which they differ, the operator's defaults filled in.
pub fn differences(
    asked: &InstallationFacts,
    listed: &EffectivePool,
    pool: &Pool,
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
        disabled(asked, listed, pool),
    ];
    let fields = fields.into_iter();
    fields
        .filter_map(|(key, field, asked, live)| {
            let asked = asked.filter(|asked| *asked != live)?;
            Some(Difference {
                key,
                field,
                asked,
                live,
            })
        })
        .collect()
}

/// Key, field, what is asked for, and what is.
type Compared = (&'static str, &'static str, Option<String>, String);

/// Whether it gives no new addresses. The field for that came with 1.36; before, the operator
/// enables every pool that it owns, where it changes live pools at all.
fn disabled(asked: &InstallationFacts, listed: &EffectivePool, pool: &Pool) -> Compared {
    let (key, wanted) = if asked.operator.since(36) {
        (
            "disableNewAllocations",
            Some(listed.disables_new_allocations),
        )
    } else {
        let enables = pool.owned_by_operator && asked.changes_live_pools();
        (NO_FIELD, enables.then_some(false))
    };
    let wanted = wanted.map(|disabled| disabled.to_string());
    (key, "spec.disabled", wanted, pool.spec.disabled.to_string())
}
