//! What `--redact` does to what was read.

use super::input::{gathered, runtime};
use super::time_limit::AnyError;
use crate::gather::files::Files;
use crate::gather::snapshot_text::documents;
use crate::redact::Redaction;
use crate::snapshot::{Basis, Outlines, Places, Snapshot};

/// The replacements for a snapshot.
pub(super) fn redaction(snapshot: &Snapshot) -> Result<Redaction, AnyError> {
    Ok(Redaction::of(&documents(snapshot)?))
}

/// A snapshot without what identifies the cluster.
pub(super) fn redacted(snapshot: &Snapshot, redaction: &Redaction) -> Result<Snapshot, AnyError> {
    let documents = documents(snapshot)?.into_iter();
    let documents: Vec<_> = documents
        .map(|document| redaction.document(document))
        .collect();
    let basis = Basis {
        why: redaction.text(&snapshot.basis.why),
        ..snapshot.basis.clone()
    };
    let files = Files::of_documents(&documents, basis)?;
    let mut redacted = runtime()?.block_on(gathered(&files, true, true));
    // Those of the files would name them.
    redacted.places = Places::default();
    redacted.outlines = Outlines::default();
    Ok(redacted)
}
