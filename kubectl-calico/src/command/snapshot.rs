//! `kubectl calico snapshot`

use calico_core::text::visible_json;
use serde_json::Value;

use crate::cli::Snapshot as Arguments;
use crate::exit::Exit;
use crate::gather::files::Header;
use crate::snapshot::Snapshot;
use crate::terminal;

/// Prints what `status` reads, as manifests that `status -f` gives the same report for.
pub fn run(arguments: &Arguments) -> Exit {
    let snapshot = match super::gather(&arguments.source) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            terminal::complain(&error.to_string());
            return Exit::Unread;
        }
    };
    match written(&snapshot) {
        Ok(text) => super::write(&text).err().unwrap_or(Exit::Well),
        Err(error) => {
            terminal::complain(&format!("cannot write the snapshot: {error}"));
            Exit::Unread
        }
    }
}

/// A document a line, in JSON, which YAML reads too: nothing in it needs a serialiser's opinion.
fn written(snapshot: &Snapshot) -> Result<String, serde_json::Error> {
    let header = Header::of(snapshot).map(serde_json::to_value).transpose()?;
    let objects = snapshot.objects()?;
    let documents = header.iter().chain(&objects);
    Ok(documents
        .map(|document: &Value| format!("---\n{}\n", visible_json(&document.to_string())))
        .collect())
}
