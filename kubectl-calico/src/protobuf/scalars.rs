//! Messages that are a single text in JSON. They are few and short, so copying them costs nothing.

use k8s_openapi::jiff::Timestamp;
use prost::Message;
use serde::de::Error as _;
use serde_json::Error;

/// `resource.Quantity`
#[derive(Clone, PartialEq, Message)]
struct Quantity {
    #[prost(string, tag = "1")]
    text: String,
}

/// `meta/v1.Time`
#[derive(Clone, PartialEq, Message)]
struct Time {
    #[prost(int64, tag = "1")]
    seconds: i64,
}

/// A quantity, as it was written.
pub(super) fn quantity(bytes: &[u8]) -> Result<String, Error> {
    let quantity = Quantity::decode(bytes).map_err(Error::custom)?;
    Ok(quantity.text)
}

/// A time in RFC 3339, without fractions of a second.
pub(super) fn time(bytes: &[u8]) -> Result<String, Error> {
    let time = Time::decode(bytes).map_err(Error::custom)?;
    let time = Timestamp::from_second(time.seconds).map_err(Error::custom)?;
    Ok(time.to_string())
}
