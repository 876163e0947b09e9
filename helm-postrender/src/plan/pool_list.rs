//! The pools of a stream, by index.

use calico_core::cidr::Family;
use calico_core::pool::BlockSize;
use calico_core::text::{listed, shown};

use crate::plan::installation_view::PoolView;

/// The pools of a stream.
pub(crate) struct PoolList<'a>(pub(crate) &'a [PoolView<'a>]);

impl<'a> PoolList<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&'a PoolView<'a>> {
        self.0.get(index)
    }

    /// The indexes of the pools that `is_wanted` picks.
    pub(crate) fn indexes(&self, is_wanted: impl Fn(&PoolView) -> bool) -> Vec<usize> {
        self.0
            .iter()
            .enumerate()
            .filter(|(_, pool)| is_wanted(pool))
            .map(|(index, _)| index)
            .collect()
    }

    pub(crate) fn family(&self, index: usize) -> Option<Family> {
        self.get(index).and_then(family_of)
    }

    /// Pools as a person counts and names them, such as `#1 10.0.0.0/16 (blue)`.
    pub(crate) fn describe(&self, indexes: &[usize]) -> String {
        listed(indexes.iter().filter_map(|index| {
            let pool = self.get(*index)?;
            let cidr = shown(pool.written.cidr.as_deref().unwrap_or("no cidr"));
            let name = pool
                .effective
                .name
                .as_deref()
                .map_or(String::new(), |name| format!(" ({})", shown(name)));
            Some(format!("#{} {cidr}{name}", index + 1))
        }))
    }

    pub(crate) fn describe_all(&self) -> String {
        self.describe(&self.indexes(|_| true))
    }
}

/// The family of a pool, by its CIDR or else by its block size.
pub(crate) fn family_of(pool: &PoolView) -> Option<Family> {
    pool.effective.family().or_else(|| {
        let size = u8::try_from(pool.written.block_size?).ok()?;
        BlockSize::new(size).map(BlockSize::family)
    })
}
