//! `kubectl calico snapshot`

use super::input::{self, Wanted};
use super::output;
use super::redaction::{Redactor, redacted};
use crate::cli::SnapshotArgs;
use crate::exit::Exit;
use crate::gather::snapshot_text::{documents, text};

/// Prints everything that `status` reads, as manifests from which `status -f` produces the same
/// report.
pub(super) fn run(arguments: &SnapshotArgs) -> Exit {
    let wanted = Wanted {
        messages: !arguments.messages.no_logs,
        pods: arguments.pods.pods,
        ..Wanted::default()
    };
    let mut snapshot = match input::read(&arguments.source, wanted) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::fail(&error.to_string()),
    };
    let redaction = Redactor::of(arguments.redact).redaction(&snapshot);
    let redacted = redaction.and_then(|redaction| {
        redaction
            .map(|redaction| redacted(&snapshot, &redaction))
            .transpose()
    });
    match redacted {
        Ok(redacted) => snapshot = redacted.unwrap_or(snapshot),
        Err(error) => return output::fail(&error.to_string()),
    }
    match documents(&snapshot) {
        Ok(documents) => output::print(&text(&documents), Exit::Success),
        Err(error) => output::fail(&format!("cannot write the snapshot: {error}")),
    }
}
