//! How pools are added, stopped and removed: in the Installation, whose list of pools the operator
//! follows, or as resources of their own.

mod list;
mod resources;

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use serde_json::Value;

use crate::assess::facts::pools;
use crate::plan::inputs::Inputs;
use list::List;
use resources::Resources;

/// A pool to make.
#[derive(Clone, Copy)]
pub(crate) struct NewPool<'a> {
    pub(crate) name: &'a str,
    pub(crate) cidr: Cidr,
    pub(crate) block_size: u8,
    pub(crate) encapsulation: Encapsulation,
}

/// Where pools are changed. A new pool has the rest of its settings from the one that it is to
/// replace.
pub(crate) enum Way {
    /// In the Installation's list.
    List(List),
    /// As IPPool resources.
    Resources(Resources),
}

impl Way {
    /// The one that works for a live pool. The operator changes no pool that is not in its list.
    pub(crate) fn of(inputs: &Inputs, live: &pools::Pool) -> Self {
        match List::of(inputs, &live.cidr) {
            Some(list) => Self::List(list),
            None => Self::Resources(Resources::of(inputs, live)),
        }
    }

    /// The one by which a pool is added that is like no live one; as an IPPool it has these fields.
    pub(crate) fn of_new(inputs: &Inputs, like: Value) -> Self {
        match List::of_new(inputs) {
            Some(list) => Self::List(list),
            None => Self::Resources(Resources::new(inputs, like)),
        }
    }

    /// Adds a pool.
    pub(crate) fn add(&mut self, pool: &NewPool) -> String {
        match self {
            Self::List(list) => list.add(pool),
            Self::Resources(resources) => resources.add(pool),
        }
    }

    /// Stops a pool from giving out addresses; those that are given stay.
    pub(crate) fn stop(&self, name: &str, cidr: &str) -> String {
        match self {
            Self::List(list) => list.stop(cidr),
            Self::Resources(resources) => resources.stop(name),
        }
    }

    /// Gives a pool another encapsulation.
    pub(crate) fn encapsulate(&self, name: &str, cidr: &str, to: Encapsulation) -> String {
        match self {
            Self::List(list) => list.encapsulate(cidr, to),
            Self::Resources(resources) => resources.encapsulate(name, to),
        }
    }

    /// Removes a pool.
    pub(crate) fn remove(&mut self, name: &str, cidr: &str) -> String {
        match self {
            Self::List(list) => list.remove(cidr),
            Self::Resources(resources) => resources.remove(name),
        }
    }
}

/// An object with the fields of another over its own.
fn over(object: &Value, fields: &Value) -> Value {
    let mut object = object.as_object().cloned().unwrap_or_default();
    object.extend(fields.as_object().cloned().unwrap_or_default());
    object.into()
}
