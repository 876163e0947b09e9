//! What is worth knowing of a run, though nothing is wrong with it.

use calico_core::defaults::Effective;
use calico_core::operator::OperatorVersion;
use calico_core::text::{MOST, quoted};

use crate::find::operator::Operator;
use crate::read::stream::Place;
use crate::refusal::Refusal;

/// Documents that nobody can read are none of ours, but for a word.
pub(crate) fn unreadable(documents: &[Refusal]) -> Vec<String> {
    let note = |why: &Refusal| format!("left alone, though it mentions an Installation: {why}");
    let more = documents.len().saturating_sub(MOST);
    let more = (more > 0).then(|| format!("and {more} more documents like it"));
    documents.iter().take(MOST).map(note).chain(more).collect()
}

/// An Installation beside the one that counts.
pub(crate) fn misnamed(name: &str, place: Place) -> String {
    format!(
        "left alone: the Installation {} in {place}, for the operator reads the one named default \
         only (from 1.42 on, the API server refuses other names)",
        quoted(name)
    )
}

/// Whose rules were applied, where those of the operator are not known.
pub(crate) fn version(operator: Operator) -> Option<String> {
    let Operator { version, .. } = operator;
    if version < OperatorVersion::OLDEST {
        Some(format!(
            "operator {version} is older than {}, the oldest whose rules are known here: \
             the rules of that one were applied",
            OperatorVersion::OLDEST
        ))
    } else if version.since(OperatorVersion::NEWEST_KNOWN.minor + 1) {
        Some(format!(
            "operator {version} is newer than {}, the newest whose rules are known here: \
             the rules of that one were applied",
            OperatorVersion::NEWEST_KNOWN
        ))
    } else {
        None
    }
}

/// Naming one family's pool turns off what the operator would have made for the other.
pub(crate) fn family(had_none: bool, effective: &Effective) -> Option<String> {
    let mut families: Vec<_> = effective
        .pools
        .iter()
        .filter_map(|pool| pool.family())
        .collect();
    families.dedup();
    let [family] = families.as_slice() else {
        return None;
    };
    had_none.then(|| {
        format!(
            "with an {family} pool named, the operator no longer takes pools from the pod network \
             of the cluster: in a dual-stack cluster, name one for the other family too"
        )
    })
}
