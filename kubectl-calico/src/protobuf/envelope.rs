//! The envelope of every message: `runtime.Unknown`, after four bytes by which it is recognized.

use prost::Message;
use serde::de::Error as _;
use serde_json::Error;

use super::wire::{Content, Fields};

/// How every response in protobuf begins.
pub const MAGIC: &[u8] = b"k8s\0";

#[derive(Clone, PartialEq, Message)]
struct TypeMeta {
    #[prost(string, tag = "2")]
    kind: String,
}

/// The message of that kind in an envelope. Its fields are read one by one, because prost would copy the message, which
/// is a whole response.
pub(super) fn open<'a>(body: &'a [u8], kind: &str) -> Result<&'a [u8], Error> {
    let envelope = body
        .strip_prefix(MAGIC)
        .ok_or_else(|| Error::custom("not protobuf"))?;
    let mut message = None;
    let mut found = TypeMeta::default();
    for field in Fields(envelope) {
        match field? {
            (1, Content::Bytes(bytes)) => found = TypeMeta::decode(bytes).map_err(Error::custom)?,
            (2, Content::Bytes(bytes)) => message = Some(bytes),
            (3, Content::Bytes(encoding)) if !encoding.is_empty() => {
                return Err(Error::custom("protobuf in another encoding"));
            }
            _ => {}
        }
    }
    match message {
        Some(message) if found.kind == kind => Ok(message),
        _ => Err(Error::custom(format!("not a {kind}"))),
    }
}
