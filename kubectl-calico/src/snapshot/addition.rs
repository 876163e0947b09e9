//! What snapshots of older versions of this program lack.

use super::reading::Unknown;
use super::resource::Resource;

/// The edition of what is kept. The header of a snapshot has it, because what an older version did not keep is
/// missing from its snapshots even if the cluster had it.
pub const EDITION: u32 = 1;

/// A field that is kept since a later edition than the first.
#[derive(Debug)]
pub struct Addition {
    /// The first edition that keeps it.
    pub edition: u32,
    /// The row.
    pub resource: &'static Resource,
    /// The path of the field, such as `spec.registry`.
    pub field: &'static str,
    /// The codes of the checks that read it. They are skipped on an older snapshot.
    pub codes: &'static [&'static str],
}

impl Addition {
    /// Why the field is not known.
    pub fn unknown(&self) -> Unknown {
        Unknown::NotKept {
            field: self.field,
            codes: self.codes,
        }
    }
}

/// Every such field. The first release has edition 1; each later release that keeps more has one more.
pub static ADDITIONS: &[Addition] = &[];

/// What a snapshot of an edition lacks.
pub fn additions_after(edition: u32) -> impl Iterator<Item = &'static Addition> {
    ADDITIONS.iter().filter(move |it| it.edition > edition)
}
