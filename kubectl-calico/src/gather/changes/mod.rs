//! Whether anything of a cluster has changed, by watches.

mod change;
mod row;

use std::cell::Cell;
use std::sync::mpsc::Sender;

use futures_util::future::try_join_all;

use crate::connect::Server;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{IPAM_BLOCKS, RESOURCES};
use crate::snapshot::select::Select;
use row::Row;

pub use change::{Change, End};

/// Watches the rows that are lists.
pub async fn watch_all(server: &Server, changes: &Sender<Change>) -> End {
    let rows: Vec<&Resource> = RESOURCES
        .iter()
        .copied()
        .filter(|row| is_watched(row))
        .collect();
    let unlisted = Cell::new(rows.len());
    let rows = rows.into_iter().map(|resource| {
        Row {
            server,
            resource,
            changes,
            unlisted: &unlisted,
            open: Cell::new(0),
        }
        .run()
    });
    match try_join_all(rows).await {
        Ok(_) => End::Unheard,
        Err(end) => end,
    }
}

/// Whether a row is watched: a list of objects. IPAM blocks are not, which change with every pod, and neither is
/// what pods say, which is read only of some of them.
pub fn is_watched(resource: &Resource) -> bool {
    let is_list = match resource.select {
        Select::All
        | Select::Called(_)
        | Select::Labelled(..)
        | Select::LabelledIn(..)
        | Select::PhaseIn(..)
        | Select::Metadata(_) => true,
        Select::Named(..) | Select::OnRequest | Select::OfFailingPods(_) => false,
    };
    is_list && !std::ptr::eq(resource, &raw const IPAM_BLOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_all_the_time_is_not_watched() {
        let rows = RESOURCES.iter().filter(|row| is_watched(row));
        let plurals: Vec<&str> = rows.map(|row| row.plural()).collect();
        for plural in ["pods/log", "events", "ipamblocks"] {
            assert!(!plurals.contains(&plural), "{plural}");
        }
        for plural in ["nodes", "pods", "ippools", "tigerastatuses"] {
            assert!(plurals.contains(&plural), "{plural}");
        }
    }
}
