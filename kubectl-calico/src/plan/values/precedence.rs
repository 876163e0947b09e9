//! The value to use if it does not have to be derived.

use crate::plan::choice::Choice;
use crate::snapshot::{ObjectRef, Provenance};

/// The value that a flag sets, else that of an existing pool, else the one that the Installation lists.
pub(crate) fn settled_by<T>(
    given: Option<T>,
    flag: &'static str,
    existing: Option<Choice<T>>,
    listed: Option<T>,
) -> Option<Choice<T>> {
    let from = || Provenance::new(ObjectRef::installation(), "spec.calicoNetwork.ipPools");
    given
        .map(|value| Choice::Given { value, flag })
        .or(existing)
        .or_else(|| Some(Choice::known(listed?, "listed in the Installation", from())))
}
