//! Where in the given files an object is.

use std::env::current_dir;
use std::path::Path;
use std::sync::Arc;

use crate::gather::document::DocumentText;
use crate::gather::file_object::FileObject;
use crate::gather::input_text::InputText;
use crate::snapshot::Place;

/// The largest document whose fields have lines, in bytes: it is parsed again for each.
const LARGEST: usize = 1 << 20;

/// What findings call the file; `None` for standard input and for what is in an archive.
pub(super) fn file(input: &InputText) -> Option<Arc<str>> {
    let path = Path::new(&input.name);
    path.is_file().then(|| relative(path).into())
}

/// Where an object is whose document has this text.
pub(super) fn place(file: &Arc<str>, document: &DocumentText, object: &FileObject) -> Place {
    Place {
        file: Arc::clone(file),
        before: document.first_line,
        first: first_line(document.text),
        text: text_of_fields(object, document.text),
    }
}

/// The first line with content, from 1.
fn first_line(text: &str) -> usize {
    let is_blank = |line: &&str| {
        let line = line.trim();
        line.is_empty() || line.starts_with("---") || line.starts_with('#')
    };
    text.lines().take_while(is_blank).count() + 1
}

/// The text of an object of Calico or one that configures it, which findings name by their fields.
fn text_of_fields(object: &FileObject, text: &str) -> Option<Box<str>> {
    let is_named = object.is_of_calico()
        || matches!(
            object.kind.as_str(),
            "ConfigMap" | "DaemonSet" | "Deployment"
        );
    (is_named && text.len() <= LARGEST).then(|| text.into())
}

/// The path, relative if the file is below the working directory.
fn relative(path: &Path) -> String {
    let directory = current_dir().ok();
    let below = directory.and_then(|directory| path.strip_prefix(directory).ok());
    let path = below.unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    path.display().to_string()
}
