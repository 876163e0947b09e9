//! Notes that are not problems.

use calico_core::defaults::{Effective, EffectivePool};
use calico_core::operator::OperatorVersion;
use calico_core::text::{MOST, quoted};

use crate::find::installation::LocatedInstallation;
use crate::find::operator::Operator;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// Documents that mention an Installation but are not YAML.
pub(crate) fn unreadable(documents: &[Refusal]) -> Vec<String> {
    first(
        documents,
        "left unchanged, although it mentions an Installation",
    )
}

/// Other documents that are not YAML.
pub(crate) fn not_yaml(documents: &[Refusal]) -> Vec<String> {
    first(
        documents,
        "left unchanged, but Helm and kubectl will refuse it",
    )
}

fn first(documents: &[Refusal], what: &str) -> Vec<String> {
    let mut notes: Vec<String> = documents
        .iter()
        .take(MOST)
        .map(|refusal| format!("{what}: {refusal}"))
        .collect();
    if let Some(more @ 1..) = documents.len().checked_sub(MOST) {
        notes.push(format!("{more} more documents like this"));
    }
    notes
}

/// An Installation next to the default one.
pub(crate) fn misnamed(stream: &Stream, located: &LocatedInstallation) -> String {
    format!(
        "left unchanged: the Installation {} in {}; the operator only reads the one named default, \
         and since operator 1.42, the API server rejects other names",
        quoted(&located.name),
        stream.place(located.document, located.start())
    )
}

/// An operator whose rules are not known.
pub(crate) fn unknown_operator(operator: Operator) -> Option<String> {
    let version = operator.version;
    let oldest = OperatorVersion::OLDEST;
    let newest = OperatorVersion::NEWEST_KNOWN;
    if version < oldest {
        Some(format!(
            "the rules of operator {version} are not known: those of {oldest}, the oldest known \
             version, are applied"
        ))
    } else if version.since(newest.minor + 1) {
        Some(format!(
            "the rules of operator {version} are not known: those of {newest}, the newest known \
             version, are applied"
        ))
    } else {
        None
    }
}

/// A first pool of one family, which disables the operator's default pool for the other.
pub(crate) fn only_family(effective: &Effective) -> Option<String> {
    let mut families: Vec<_> = effective
        .pools
        .iter()
        .filter_map(EffectivePool::family)
        .collect();
    families.dedup();
    let [family] = families.as_slice() else {
        return None;
    };
    Some(format!(
        "with an {family} pool in the list, the operator no longer derives pools from the \
         cluster's pod CIDRs: in a dual-stack cluster, also add a pool for the other family"
    ))
}
