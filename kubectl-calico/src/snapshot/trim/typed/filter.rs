//! Something of a format, less what is not kept.

use crate::snapshot::trim::prune::Seed;

/// Something of a format, of which `seed` says what is kept.
pub(super) struct Filter<'m, X> {
    pub(super) seed: Seed<'m>,
    pub(super) inner: X,
}

impl<'m> Seed<'m> {
    pub(super) fn of_format<X>(self, inner: X) -> Filter<'m, X> {
        Filter { seed: self, inner }
    }
}
