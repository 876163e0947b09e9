//! Kubernetes' own kinds in protobuf, which takes the API server and this program less time than JSON.
//!
//! An object is read as the JSON object that the API server would send, reduced to the fields that the table of
//! resources keeps of it: what is kept does not depend on the format of a response.
//! Source: k8s.io/api and k8s.io/apimachinery v0.37.2, generated.proto.

mod envelope;
mod list;
mod list_meta;
mod message;
mod metadata;
mod node;
mod pod;
mod scalars;
mod schema;
mod status;
mod wire;

pub use envelope::MAGIC;
pub use list::{Part, parts};
pub use status::status;

use serde::de::{Deserializer, Error as _};
use serde_json::Error;

use message::message;
use node::NODE;
use pod::POD;
use schema::Kind;

/// The largest object that is decoded, in bytes: twice what etcd stores by default.
const LARGEST: usize = 3 << 20;

/// Whether objects of that kind can be decoded.
pub fn is_decoded(kind: &str) -> bool {
    schema(kind).is_some()
}

/// An object of that kind, which is decoded while it is deserialized.
pub fn object<'a>(
    kind: &str,
    bytes: &'a [u8],
) -> Result<impl Deserializer<'a, Error = Error> + use<'a>, Error> {
    let Some(schema) = schema(kind) else {
        return Err(Error::custom(format!("{kind} in protobuf")));
    };
    if bytes.len() > LARGEST {
        return Err(Error::custom(format!("{kind} of {} bytes", bytes.len())));
    }
    Ok(message(schema, bytes))
}

fn schema(kind: &str) -> Option<&'static Kind> {
    match kind {
        "Node" => Some(&NODE),
        "Pod" => Some(&POD),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde::Deserialize as _;
    use serde_json::Value;

    use super::*;

    /// A field with a length.
    pub(crate) fn field(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
        let content = content.as_ref();
        let mut bytes = varint(u64::from(number) << 3 | 2);
        bytes.extend(varint(content.len() as u64));
        bytes.extend(content);
        bytes
    }

    pub(crate) fn number(field: u8, value: u64) -> Vec<u8> {
        let mut bytes = varint(u64::from(field) << 3);
        bytes.extend(varint(value));
        bytes
    }

    fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        bytes.push(value.to_le_bytes()[0]);
        bytes
    }

    /// A message in its envelope.
    pub(crate) fn enveloped(kind: &str, message: impl AsRef<[u8]>) -> Vec<u8> {
        let kind = [field(1, "v1"), field(2, kind)].concat();
        [MAGIC.to_vec(), field(1, kind), field(2, message)].concat()
    }

    fn kinds(body: &[u8]) -> Result<usize, Error> {
        let mut objects = 0;
        for part in parts(body, "Node")? {
            if let Part::Object(bytes) = part? {
                Value::deserialize(object("Node", bytes)?)?;
                objects += 1;
            }
        }
        Ok(objects)
    }

    fn page(objects: &[Vec<u8>]) -> Vec<u8> {
        let objects: Vec<Vec<u8>> = objects.iter().map(|object| field(2, object)).collect();
        enveloped("NodeList", objects.concat())
    }

    #[test]
    fn hostile_messages_are_errors() {
        let named = field(1, field(1, "node-1"));
        let whole = page(&[named.clone(), named.clone()]);
        assert_eq!(kinds(&whole).unwrap(), 2);
        for length in 0..whole.len() {
            assert!(kinds(&whole[..length]).is_err(), "{length}");
        }
        // A length of many exabytes.
        let huge = [vec![0x12], vec![0xff; 9], vec![0x01]].concat();
        for (case, object) in [
            ("length", huge.clone()),
            ("length below", field(1, &huge)),
            (
                "varint without an end",
                [0x08].into_iter().chain([0xff; 20]).collect(),
            ),
            ("group", vec![0x0b; 100_000]),
            ("unknown group", [0xa3, 0x06].repeat(50_000)),
            ("not UTF-8", field(1, field(1, [0xff, 0xfe]))),
            ("too large", field(1, vec![b' '; LARGEST])),
            ("wire type", vec![0x0f]),
        ] {
            assert!(kinds(&page(&[object])).is_err(), "{case}");
        }
        assert!(kinds(&enveloped("PodList", field(2, &named))).is_err());
        assert!(kinds(&enveloped("NodeList", huge)).is_err());
        assert!(kinds(&[MAGIC, &[0xff; 30]].concat()).is_err());
    }

    #[test]
    fn an_error_of_a_server() {
        let metadata = field(1, field(3, "token"));
        let body = enveloped(
            "Status",
            [metadata, field(3, "too old"), number(6, 410)].concat(),
        );
        let expected = serde_json::json!({
            "kind": "Status", "message": "too old", "metadata": {"continue": "token"},
        });
        assert_eq!(status(&body), Some(expected));
        assert_eq!(status(b"{}"), None);
    }
}
