//! What an API server says about an error.

use prost::Message;
use serde::Serialize;
use serde_json::Value;

use super::envelope;
use super::list_meta::ListMeta;

/// `Status` of apimachinery, meta/v1.
#[derive(Clone, PartialEq, Message, Serialize)]
struct Status {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ListMeta>,
    #[prost(string, tag = "3")]
    message: String,
}

/// The `Status` in a response, as JSON; `None` if it is anything else.
pub fn status(body: &[u8]) -> Option<Value> {
    let message = envelope::open(body, "Status").ok()?;
    let mut status = serde_json::to_value(Status::decode(message).ok()?).ok()?;
    status
        .as_object_mut()?
        .insert("kind".to_owned(), "Status".into());
    Some(status)
}
