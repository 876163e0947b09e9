//! What `--redact` does to what was read.

use super::input::{gathered, runtime};
use super::time_limit::AnyError;
use crate::gather::files::Files;
use crate::gather::snapshot_text::documents;
use crate::redact::{Redaction, RedactionKey};
use crate::snapshot::{Basis, Outlines, Places, Snapshot};

/// Whether a run hides what identifies a cluster, and with which key.
#[derive(Clone)]
pub(super) struct Redactor(Option<RedactionKey>);

impl Redactor {
    /// One for everything that a run prints.
    pub(super) fn of(redacts: bool) -> Self {
        Self(redacts.then(RedactionKey::random))
    }

    /// Whether it hides anything.
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The replacements for a snapshot; `None` if nothing is replaced.
    pub(super) fn redaction(&self, snapshot: &Snapshot) -> Result<Option<Redaction>, AnyError> {
        let Some(key) = &self.0 else {
            return Ok(None);
        };
        Ok(Some(Redaction::of(key, &documents(snapshot)?)))
    }

    /// A text that no snapshot belongs to.
    pub(super) fn text(&self, text: String) -> String {
        match &self.0 {
            Some(key) => Redaction::of(key, &[]).text(&text),
            None => text,
        }
    }
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
