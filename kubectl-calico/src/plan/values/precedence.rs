//! What is nobody's to choose here.

use crate::assess::provenance::Provenance;
use crate::plan::choice::Choice;
use crate::snapshot::ObjectRef;

/// What a flag gives, else what a live pool has, else what the Installation asks for.
pub(crate) fn settled_by<T>(
    given: Option<T>,
    flag: &'static str,
    live: Option<Choice<T>>,
    wanted: Option<T>,
) -> Option<Choice<T>> {
    let from = || Provenance::new(ObjectRef::installation(), "spec.calicoNetwork.ipPools");
    let given = given.map(|value| Choice::Given { value, flag });
    let wanted = wanted.map(|value| Choice::known(value, "the Installation asks for it", from()));
    given.or(live).or(wanted)
}
