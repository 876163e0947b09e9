//! A stream without the Installation to edit: what it contains instead, and whether that is an error.

use calico_core::installation::KIND;
use calico_core::text::{listed, quoted, shown};

use crate::find::{Installations, unreadable};
use crate::read::markers;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// The refusal of a stream without an Installation named `default`.
pub(crate) fn refusal(stream: &Stream, found: &Installations) -> Refusal {
    if let Some(misnamed) = found.misnamed.first() {
        let name = quoted(&misnamed.name);
        return Refusal::new(format!("the Installation is named {name}, not default"))
            .at(stream, misnamed.document, misnamed.start())
            .why("the operator only reads the Installation named default")
            .fix("rename it to default");
    }
    if let Some(overlay) = &found.overlay {
        return Refusal::new("the only Installation is named overlay")
            .at(stream, overlay.document, overlay.start())
            .why("the operator takes pools only from the Installation named default")
            .fix("set the pools in the release that renders the Installation named default");
    }
    if let Some(refusal) = found.unreadable.first() {
        return refusal.clone();
    }
    if stream.documents().is_empty() {
        return Refusal::new("standard input is empty")
            .why("with --output-dir, Helm 3 writes the files itself and sends nothing")
            .fix("omit --output-dir, or use a pipe: helm template … | helm-postrender … > file");
    }
    let kinds = Kinds::of(stream);
    let (why, fix) = kinds.explain();
    Refusal::new("the stream contains no Installation")
        .why(format!("{why}; the stream contains {}", kinds.list()))
        .fix(format!(
            "{fix} (--if-present passes such a stream through unchanged)"
        ))
}

/// Whether a stream contains objects and no Installation among them. An empty stream does not
/// count: Helm 3 would treat an empty output as a release without objects.
pub(crate) fn is_without_installation(stream: &Stream, found: &Installations) -> bool {
    found.overlay.is_none()
        && found.misnamed.is_empty()
        && found.unreadable.is_empty()
        && !Kinds::of(stream).counts.is_empty()
}

/// The kinds of a stream's documents, for a message: read from single lines, since the documents
/// need not be valid.
struct Kinds {
    /// Kinds in the order of the stream, with how many documents have each.
    counts: Vec<(String, usize)>,
    has_calico_node: bool,
}

impl Kinds {
    fn of(stream: &Stream) -> Self {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for index in 0..stream.documents().len() {
            let Some(kind) = kind_of(stream.document(index)) else {
                continue;
            };
            match counts.iter_mut().find(|(name, _)| *name == kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((kind, 1)),
            }
        }
        Self {
            counts,
            has_calico_node: memchr::memmem::find(stream.bytes(), b"name: calico-node").is_some(),
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.counts.iter().any(|(name, _)| name == kind)
    }

    /// Why the stream has no Installation, and what to do.
    fn explain(&self) -> (&'static str, &'static str) {
        if self.has("DaemonSet") && self.has_calico_node {
            (
                "this is the manifest that installs Calico without the operator",
                "set CALICO_IPV4POOL_CIDR, CALICO_IPV4POOL_BLOCK_SIZE and CALICO_IPV4POOL_IPIP or \
                 CALICO_IPV4POOL_VXLAN in its DaemonSet, or install Calico with the operator",
            )
        } else if self.counts.len() == 1 && self.has("CustomResourceDefinition") {
            (
                "these are only CRDs",
                "filter the output of the tigera-operator chart, or custom-resources.yaml",
            )
        } else if self.has("Deployment") {
            (
                "this may be the operator without its Installation",
                "keep installation.enabled at true in the chart's values, or filter \
                 custom-resources.yaml",
            )
        } else {
            (
                "pools are configured in an Installation of operator.tigera.io/v1",
                "filter the output of the tigera-operator chart, or custom-resources.yaml",
            )
        }
    }

    fn list(&self) -> String {
        if self.counts.is_empty() {
            return "comments only".to_owned();
        }
        listed(self.counts.iter().map(|(kind, count)| {
            let plural = if *count == 1 { "" } else { "s" };
            format!("{count} {kind}{plural}")
        }))
    }
}

/// The kind of a document; none if it is only comments.
fn kind_of(document: &[u8]) -> Option<String> {
    if lines(document).all(is_comment) {
        return None;
    }
    let Some(kind) = value(document, b"kind:") else {
        return Some(
            kind_in_flow(document).unwrap_or_else(|| "document without a kind".to_owned()),
        );
    };
    let kind = shown(kind.trim_ascii());
    match value(document, b"apiVersion:") {
        // An Installation of another API group or version.
        Some(version) if kind == KIND => Some(format!("{kind} of {}", shown(version.trim_ascii()))),
        _ => Some(kind),
    }
}

fn lines(document: &[u8]) -> impl Iterator<Item = &[u8]> {
    document.split(|byte| *byte == b'\n')
}

/// The value of a key at the top level of a document.
fn value<'d>(document: &'d [u8], key: &[u8]) -> Option<&'d [u8]> {
    lines(document).find_map(|line| line.strip_prefix(key))
}

/// The kind of a document in which no line starts with it, such as JSON.
fn kind_in_flow(document: &[u8]) -> Option<String> {
    let (_, tree) = unreadable::parse(markers::first_part(document)).ok()?;
    tree.text_at(tree.root()?, &["kind"]).map(shown)
}

/// Whether a line is a comment, a marker or blank.
fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let text = line.strip_prefix(b"---").unwrap_or(line).trim_ascii();
    text.is_empty() || text.starts_with(b"#")
}

/// Whether every document is a Helm hook. Helm 4's SDK can send hooks separately, and they contain
/// nothing to edit.
pub(crate) fn is_hooks_only(stream: &Stream) -> bool {
    let mut hooks = 0;
    for index in 0..stream.documents().len() {
        let document = markers::first_part(stream.document(index));
        let Ok((_, tree)) = unreadable::parse(document) else {
            return false;
        };
        let Some(root) = tree.root() else {
            continue;
        };
        let hook = tree.text_at(root, &["metadata", "annotations", "helm.sh/hook"]);
        if hook.is_some() {
            hooks += 1;
        } else if !tree.is_null(root) {
            return false;
        }
    }
    hooks > 0
}
