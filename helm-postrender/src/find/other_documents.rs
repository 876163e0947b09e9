//! Documents besides the Installation's that are not YAML. Nobody reads the stream if there is one.

use memchr::memmem;
use serde_yaml::Value;

use crate::find::unreadable;
use crate::read::markers;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// The longest stream in which other documents are read, in bytes. Those of CRDs are generated.
const LONGEST: usize = 1 << 20;

/// Why documents are not YAML. Only those with a tab or a template's braces are read: that takes no
/// time, and they are why a manifest that a person wrote is not YAML.
pub(crate) fn not_yaml(stream: &Stream) -> Vec<Refusal> {
    if stream.bytes().len() > LONGEST {
        return Vec::new();
    }
    let read = &stream.mentions().installation;
    (0..stream.documents().len())
        .filter(|index| !read.contains(index))
        .filter_map(|index| problem(stream, index))
        .collect()
}

fn problem(stream: &Stream, index: usize) -> Option<Refusal> {
    let start = stream.content_start(index);
    let document = stream.document(index);
    let end = markers::parts(document).first()?.end;
    let bytes = document.get(start..end)?;
    if memchr::memchr(b'\t', bytes).is_none() && memmem::find(bytes, b"{{").is_none() {
        return None;
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let (refusal, at) = match (unreadable::parse(bytes), serde_yaml::from_str(text)) {
        (Err((refusal, at)), Err(_)) => (refusal, at),
        (Ok(_), Ok(value)) if has_composite_key(&value) => {
            let what = "a key is not a text: a template in {{ }} that nothing has rendered";
            (Refusal::new(what), memmem::find(bytes, b"{{")?)
        }
        _ => return None,
    };
    Some(refusal.at(stream, index, start + at))
}

/// Whether a key is a mapping or a list, as in `name: {{ .Values.name }}`. Go's parsers refuse it.
fn has_composite_key(value: &Value) -> bool {
    match value {
        Value::Mapping(entries) => entries
            .iter()
            .any(|(key, value)| key.is_mapping() || key.is_sequence() || has_composite_key(value)),
        Value::Sequence(items) => items.iter().any(has_composite_key),
        _ => false,
    }
}
