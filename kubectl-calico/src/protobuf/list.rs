//! A page of a list, part by part.

use prost::Message;
use serde::de::Error as _;
use serde_json::Error;

use super::envelope;
use super::list_meta::ListMeta;
use super::wire::{Content, Fields};

/// A part of a page.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// Where the next page begins.
    Continue(String),
    /// An object, to be decoded.
    Object(&'a [u8]),
}

/// The parts of a page of objects of that kind. Objects are read one by one, and not by prost into a list, so that the
/// limits of a run apply before a page of millions of them takes memory.
pub fn parts<'a>(
    body: &'a [u8],
    kind: &str,
) -> Result<impl Iterator<Item = Result<Part<'a>, Error>> + use<'a>, Error> {
    let list = envelope::open(body, &format!("{kind}List"))?;
    Ok(Fields(list).filter_map(|field| part(field).transpose()))
}

fn part(field: Result<(u64, Content<'_>), Error>) -> Result<Option<Part<'_>>, Error> {
    Ok(match field? {
        (1, Content::Bytes(bytes)) => {
            let metadata = ListMeta::decode(bytes).map_err(Error::custom)?;
            Some(Part::Continue(metadata.continue_token))
        }
        (2, Content::Bytes(bytes)) => Some(Part::Object(bytes)),
        _ => None,
    })
}
