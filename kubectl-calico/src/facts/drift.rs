//! The fields in which an existing pool differs from the Installation.

use calico_core::defaults::EffectivePool;

use super::installation::InstallationFacts;
use super::pools::ExistingPool;

/// A field that an entry of the Installation and its IPPool have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedField {
    /// The size of its blocks, which is immutable.
    BlockSize,
    /// Its encapsulation.
    Encapsulation,
    /// Whether what leaves the pool is masqueraded.
    NatOutgoing,
    /// On which nodes it assigns addresses.
    NodeSelector,
    /// Whether it assigns no new addresses.
    Disabled {
        /// Whether the Installation has a field for this: since operator 1.36.
        in_installation: bool,
    },
    /// Whether its blocks are not announced.
    DisableBgpExport,
    /// What its addresses are assigned to.
    AllowedUses,
}

impl ComparedField {
    /// Its key in the Installation.
    pub fn key(self) -> &'static str {
        match self {
            Self::BlockSize => "blockSize",
            Self::Encapsulation => "encapsulation",
            Self::NatOutgoing => "natOutgoing",
            Self::NodeSelector => "nodeSelector",
            Self::Disabled {
                in_installation: true,
            } => "disableNewAllocations",
            Self::Disabled {
                in_installation: false,
            } => "disabled",
            Self::DisableBgpExport => "disableBGPExport",
            Self::AllowedUses => "allowedUses",
        }
    }

    /// Its path in the IPPool.
    pub fn path(self) -> &'static str {
        match self {
            Self::BlockSize => "spec.blockSize",
            Self::Encapsulation => "spec.ipipMode, spec.vxlanMode",
            Self::NatOutgoing => "spec.natOutgoing",
            Self::NodeSelector => "spec.nodeSelector",
            Self::Disabled { .. } => "spec.disabled",
            Self::DisableBgpExport => "spec.disableBGPExport",
            Self::AllowedUses => "spec.allowedUses",
        }
    }
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: ComparedField,
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
            ComparedField::BlockSize,
            listed.block_size.map(|size| size.to_string()),
            pool.block_size.to_string(),
        ),
        (
            ComparedField::Encapsulation,
            listed.encapsulation.clone(),
            pool.encapsulation.to_string(),
        ),
        (
            ComparedField::NatOutgoing,
            listed.nat_outgoing.clone(),
            on(pool.nat_outgoing).to_owned(),
        ),
        (
            ComparedField::NodeSelector,
            Some(listed.node_selector.clone()),
            pool.node_selector.clone(),
        ),
        disabled(installation, listed, pool),
        (
            ComparedField::DisableBgpExport,
            written(installation, pool, 0, listed.disables_bgp_export),
            pool.spec.disable_bgp_export.to_string(),
        ),
        (
            ComparedField::AllowedUses,
            written(installation, pool, 34, listed.uses()),
            pool.uses().to_string(),
        ),
    ];
    fields
        .into_iter()
        .filter_map(|(field, requested, existing)| {
            Some(Difference {
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

/// A field, and its values in the Installation and in the IPPool.
type Compared = (ComparedField, Option<String>, String);

/// Whether the pool assigns no new addresses. Operators without a field for this enable every pool that they own, if they
/// change existing pools at all.
fn disabled(
    installation: &InstallationFacts,
    listed: &EffectivePool,
    pool: &ExistingPool,
) -> Compared {
    let in_installation = installation.operator.since(36);
    let requested = if in_installation {
        Some(listed.disables_new_allocations)
    } else {
        let enables = pool.owned_by_operator && installation.changes_existing_pools();
        enables.then_some(false)
    };
    let requested = requested.map(|disabled| disabled.to_string());
    let existing = pool.spec.disabled.to_string();
    let field = ComparedField::Disabled { in_installation };
    (field, requested, existing)
}
