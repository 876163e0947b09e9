//! A pool to create, as an entry of the Installation's list or as an IPPool.

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use calico_core::selector::Selector;
use serde_json::{Map, Value, json};

use crate::facts::no_assignment::NO_NODE;
use crate::facts::pool_encapsulation::modes;
use crate::facts::pools::ExistingPool;

/// A pool to create.
#[derive(Clone, Debug)]
pub struct NewPool {
    /// The name of the IPPool.
    pub name: String,
    /// Its CIDR.
    pub cidr: Cidr,
    /// The prefix length of its blocks.
    pub block_size: i64,
    /// Its encapsulation.
    pub encapsulation: Encapsulation,
}

/// The other settings of a new pool, by where it is created.
#[derive(Clone, Debug)]
pub enum Settings {
    /// The settings of an entry in the Installation.
    Entry(Map<String, Value>),
    /// The settings in the spec of an IPPool.
    Spec(Map<String, Value>),
}

impl Settings {
    /// The settings of an existing pool and its entry, for a pool that replaces it.
    pub(super) fn of_entry(entry: &Value, pool: &ExistingPool) -> Self {
        let mut entry = entry.as_object().cloned().unwrap_or_default();
        entry.remove("disableNewAllocations");
        if !selects_nodes(pool) {
            entry.remove("nodeSelector");
        }
        Self::Entry(entry)
    }

    /// The settings of an existing pool without an entry.
    pub(super) fn of_spec(pool: &ExistingPool) -> Self {
        let spec = serde_json::to_value(&pool.spec).unwrap_or_default();
        let mut spec = spec.as_object().cloned().unwrap_or_default();
        // An older form of ipipMode.
        spec.remove("ipip");
        spec.remove("disabled");
        if !selects_nodes(pool) {
            spec.remove("nodeSelector");
        }
        Self::Spec(spec)
    }
}

impl Settings {
    /// The same for a pool that BIRD must advertise to the other nodes (CAL303).
    #[must_use]
    pub(super) fn advertised(mut self) -> Self {
        let (Self::Entry(fields) | Self::Spec(fields)) = &mut self;
        if let Some(value) = fields.get_mut("disableBGPExport") {
            *value = false.into();
        }
        self
    }
}

/// Whether a new pool can have the selector of an existing one: not if that only disables the pool, or is no selector.
fn selects_nodes(pool: &ExistingPool) -> bool {
    pool.node_selector != NO_NODE && Selector::parse(&pool.node_selector).is_ok()
}

impl NewPool {
    /// The entry.
    pub(super) fn entry(&self, settings: &Map<String, Value>) -> Value {
        with_fields(
            settings,
            [
                ("name", json!(self.name)),
                ("cidr", json!(self.cidr)),
                ("blockSize", json!(self.block_size)),
                ("encapsulation", json!(self.encapsulation)),
            ],
        )
    }

    /// The spec of the IPPool.
    pub(super) fn spec(&self, settings: &Map<String, Value>) -> Value {
        let (ipip, vxlan) = modes(self.encapsulation);
        with_fields(
            settings,
            [
                ("cidr", json!(self.cidr)),
                ("blockSize", json!(self.block_size)),
                ("ipipMode", json!(ipip)),
                ("vxlanMode", json!(vxlan)),
            ],
        )
    }
}

fn with_fields(settings: &Map<String, Value>, fields: [(&str, Value); 4]) -> Value {
    let mut object = settings.clone();
    object.extend(fields.map(|(key, value)| (key.to_owned(), value)));
    object.into()
}
