//! Where the next page of a list begins, read before the page is parsed.

use serde::Deserialize;

use crate::protobuf::{self, Part};

/// The key whose value has the token. In a string, its quotes would be escaped.
const METADATA: &str = r#""metadata":{"#;

/// The longest metadata of a list that is looked for, in bytes. A token is a few hundred bytes.
const LONGEST: usize = 16 << 10;

/// `metadata` of a list.
#[derive(Default, Deserialize)]
pub(super) struct PageMeta {
    #[serde(default, rename = "continue")]
    pub(super) token: String,
}

/// The continue token of a page of objects of that kind, if it is where the API server writes it: at the beginning
/// of protobuf, and at the end of the JSON of a CRD's objects. `None` if there is none, or if it is elsewhere.
pub(super) fn continue_token(body: &[u8], kind: &str) -> Option<String> {
    let token = if body.starts_with(protobuf::MAGIC) {
        match protobuf::parts(body, kind).ok()?.next()?.ok()? {
            Part::Continue(token) => token,
            Part::Object(_) => return None,
        }
    } else {
        token_at_end(body)?
    };
    (!token.is_empty()).then_some(token)
}

fn token_at_end(body: &[u8]) -> Option<String> {
    let start = body.len().saturating_sub(LONGEST);
    let end = body.get(start..)?;
    let key = end
        .windows(METADATA.len())
        .rposition(|at| at == METADATA.as_bytes())?;
    let value = end.get(key + METADATA.len() - 1..)?;
    let mut values = serde_json::Deserializer::from_slice(value).into_iter::<PageMeta>();
    let metadata = values.next()?.ok()?;
    // What follows shows that it is the metadata of the list.
    let rest = value.get(values.byte_offset()..)?;
    (rest.trim_ascii() == b"}").then_some(metadata.token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::tests::{enveloped, field};

    #[test]
    fn a_token_is_found_where_the_server_writes_it() {
        let token = |body: &str| continue_token(body.as_bytes(), "IPAMBlock");
        let list = r#"{"items":[{"metadata":{"name":"a"}}],"metadata":{"continue":"next","resourceVersion":"1"}}"#;
        assert_eq!(token(list).as_deref(), Some("next"));
        assert_eq!(token(&format!("{list}\n")).as_deref(), Some("next"));
        for body in [
            r#"{"items":[],"metadata":{"continue":"","resourceVersion":"1"}}"#,
            r#"{"items":[],"metadata":{"resourceVersion":"1"}}"#,
            // That of an object.
            r#"{"metadata":{"continue":"next"},"items":[{"metadata":{"continue":"x"}}]}"#,
            r#"{"items":[{"metadata":{"continue":"x"},"spec":{}}]}"#,
            // A text.
            r#"{"items":[],"a":"\"metadata\":{\"continue\":\"x\"}"}"#,
            r#"{"items":[],"metadata":{"continue":"next""#,
            r#""metadata":{"#,
            "",
        ] {
            assert_eq!(token(body), None, "{body}");
        }
    }

    #[test]
    fn a_token_of_protobuf_comes_first() {
        let token =
            |parts: &[Vec<u8>]| continue_token(&enveloped("NodeList", parts.concat()), "Node");
        let metadata = field(1, field(3, "next"));
        let object = field(2, field(1, field(1, "node-1")));
        assert_eq!(
            token(&[metadata.clone(), object.clone()]).as_deref(),
            Some("next")
        );
        assert_eq!(token(&[object, metadata]), None);
        assert_eq!(token(&[field(1, "")]), None);
    }
}
