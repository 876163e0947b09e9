//! Objects in Kubernetes' protobuf encoding, in which Helm sends Secrets with the records of its releases.

use serde_json::{Map, Value, json};

/// The prefix of a message, which is a `runtime.Unknown`.
const MAGIC: &[u8] = b"k8s\0";

/// The object as JSON: all of a Secret, and the metadata of any other kind.
pub(super) fn decode(body: &[u8]) -> Value {
    let unknown = body
        .strip_prefix(MAGIC)
        .expect("the prefix of Kubernetes' protobuf encoding");
    let type_meta = field(unknown, 1);
    let object = field(unknown, 2);
    let metadata = field(object, 1);
    let kind = text(field(type_meta, 2));
    let labels = entries(metadata, 11).map(|(key, value)| (key, json!(text(value))));
    let mut decoded = json!({
        "apiVersion": text(field(type_meta, 1)),
        "kind": kind,
        "metadata": {"name": text(field(metadata, 1)), "labels": labels.collect::<Map<_, _>>()},
    });
    if kind == "Secret" {
        let data = entries(object, 2).map(|(key, value)| (key, json!(base64(value))));
        decoded["data"] = Value::Object(data.collect());
        decoded["type"] = json!(text(field(object, 3)));
    }
    decoded
}

/// The fields of a message, by number. Integers are decoded as empty.
fn fields(mut message: &[u8]) -> Vec<(u64, &[u8])> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let length = match tag & 7 {
            0 => {
                varint(&mut message);
                0
            }
            2 => usize::try_from(varint(&mut message)).expect("a length"),
            wire_type => panic!("protobuf wire type {wire_type} is not supported"),
        };
        let (value, rest) = message.split_at(length);
        fields.push((tag >> 3, value));
        message = rest;
    }
    fields
}

fn varint(message: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first().expect("a whole varint");
        *message = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

/// The first field with this number, or an empty one.
fn field(message: &[u8], number: u64) -> &[u8] {
    fields(message)
        .into_iter()
        .find(|(found, _)| *found == number)
        .map_or(&[], |(_, value)| value)
}

/// A map: repeated messages with a key and a value.
fn entries(message: &[u8], number: u64) -> impl Iterator<Item = (String, &[u8])> {
    fields(message)
        .into_iter()
        .filter(move |(found, _)| *found == number)
        .map(|(_, entry)| (text(field(entry, 1)), field(entry, 2)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let character = if digit <= chunk.len() {
                DIGITS[bits >> (18 - 6 * digit) & 63]
            } else {
                b'='
            };
            encoded.push(char::from(character));
        }
    }
    encoded
}
