//! A page of a list.

use crate::gather::budget::Limit;

/// A page of a list.
pub(in crate::gather) struct ListPage<T> {
    pub(in crate::gather) objects: Vec<T>,
    /// Where the next page begins; empty at the end of the list.
    pub(in crate::gather) continue_token: String,
    /// Why not all of its objects were kept, if that is the case.
    pub(in crate::gather) limit: Option<Limit>,
}
