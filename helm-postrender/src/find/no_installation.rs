//! A stream without the Installation to edit: what it holds instead, and whether that is fine.

use calico_core::installation::KIND;
use calico_core::text::{listed, quoted, shown};

use crate::find::Found;
use crate::find::unreadable;
use crate::read::stream::{self, Stream};
use crate::refusal::Refusal;

/// The error for a stream without the Installation to edit: what was seen instead.
pub(crate) fn refusal(stream: &Stream, found: Found) -> Refusal {
    if let Some(misnamed) = found.misnamed.first() {
        return Refusal::new(format!(
            "the Installation is named {}, not default",
            quoted(&misnamed.name)
        ))
        .at(stream, misnamed.document, misnamed.start())
        .why("the operator reads the one named default and ignores every other")
        .fix("name it default");
    }
    if let Some(overlay) = found.overlay {
        return Refusal::new("the only Installation is named overlay")
            .at(stream, overlay.document, overlay.start())
            .why("the operator takes pools from the one named default only")
            .fix("set the pools in the release that renders the Installation default");
    }
    if let Some(refusal) = found.unreadable.into_iter().next() {
        return refusal;
    }
    if stream.documents().is_empty() {
        return Refusal::new("nothing came on standard input")
            .why("Helm 3 sends nothing when --output-dir is given, and writes the files itself")
            .fix("leave --output-dir out, or pipe: helm template … | helm-postrender … > file");
    }
    let kinds = Kinds::seen(stream);
    let (why, fix) = kinds.explain();
    Refusal::new("there is no Installation in the stream")
        .why(format!("{why}; the stream holds {}", kinds.list()))
        .fix(format!(
            "{fix} (--if-present lets such a stream through unchanged)"
        ))
}

/// Whether a stream holds objects, and no Installation among them. An empty stream is not such a
/// one: Helm 3 takes an empty answer for a release without objects.
pub(crate) fn is_absent(stream: &Stream, found: &Found) -> bool {
    let none = found.overlay.is_none() && found.misnamed.is_empty() && found.unreadable.is_empty();
    none && !Kinds::seen(stream).counts.is_empty()
}

/// The kinds of a stream's documents, read off their lines: this is for a message, and the
/// documents need not be valid.
struct Kinds {
    counts: Vec<(String, usize)>,
    calico_node: bool,
}

impl Kinds {
    fn seen(stream: &Stream) -> Self {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for index in 0..stream.documents().len() {
            let document = stream.document(index);
            let lines = document.split(|b| *b == b'\n');
            if lines.clone().all(is_comment) {
                continue;
            }
            let says = |key: &[u8]| {
                let mut values = lines.clone().filter_map(|line| line.strip_prefix(key));
                values.next().map(|value| shown(value.trim_ascii()))
            };
            let kind = match (says(b"kind:"), says(b"apiVersion:")) {
                // One that is not the operator's, or of another time.
                (Some(kind), Some(version)) if kind == KIND => format!("{kind} of {version}"),
                (Some(kind), _) => kind,
                (None, _) => in_flow(document).unwrap_or_else(|| "document of no kind".to_owned()),
            };
            match counts.iter_mut().find(|(name, _)| *name == kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((kind, 1)),
            }
        }
        let calico_node = memchr::memmem::find(stream.bytes(), b"name: calico-node").is_some();
        Self {
            counts,
            calico_node,
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.counts.iter().any(|(name, _)| name == kind)
    }

    fn explain(&self) -> (&'static str, &'static str) {
        let only_crds = self.counts.len() == 1 && self.has("CustomResourceDefinition");
        if self.has("DaemonSet") && self.calico_node {
            (
                "this is Calico's plain manifest, which has no operator",
                "set CALICO_IPV4POOL_CIDR, CALICO_IPV4POOL_BLOCK_SIZE and CALICO_IPV4POOL_IPIP or \
                 CALICO_IPV4POOL_VXLAN in its DaemonSet, or install with the operator",
            )
        } else if only_crds {
            (
                "these are CRDs only",
                "filter the output of the tigera-operator chart, or custom-resources.yaml",
            )
        } else if self.has("Deployment") {
            (
                "the operator is there without its Installation",
                "leave installation.enabled at true in the chart's values, or filter \
                 custom-resources.yaml",
            )
        } else {
            (
                "the three values belong in an Installation of operator.tigera.io/v1",
                "filter the output of the tigera-operator chart, or custom-resources.yaml",
            )
        }
    }

    fn list(&self) -> String {
        let name = |(kind, count): &(String, usize)| match count {
            1 => format!("1 {kind}"),
            count => format!("{count} {kind}s"),
        };
        if self.counts.is_empty() {
            return "comments only".to_owned();
        }
        listed(self.counts.iter().map(name))
    }
}

/// The kind of a document that has it on no line of its own, as JSON may.
fn in_flow(document: &[u8]) -> Option<String> {
    let (_, tree) = unreadable::parse(stream::read_part(document)).ok()?;
    let kind = tree.text_at(tree.root()?, &["kind"])?;
    Some(shown(kind))
}

/// Whether a line is a comment, a marker or blank.
fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"---").unwrap_or(line).trim_ascii();
    line.is_empty() || line.starts_with(b"#")
}

/// Whether every document is a Helm hook: Helm 4's SDK can send hooks by themselves, and there
/// is nothing to edit in them.
pub(crate) fn is_hooks_only(stream: &Stream) -> bool {
    let mut hooks = 0;
    for index in 0..stream.documents().len() {
        let document = stream::read_part(stream.document(index));
        let Ok((_, tree)) = unreadable::parse(document) else {
            return false;
        };
        let Some(root) = tree.root() else {
            continue;
        };
        let hook = tree.text_at(root, &["metadata", "annotations", "helm.sh/hook"]);
        match (hook, tree.is_null(root)) {
            (Some(_), _) => hooks += 1,
            (None, true) => {}
            (None, false) => return false,
        }
    }
    hooks > 0
}
