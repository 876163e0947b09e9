//! The fields of a message, without copying any.

use prost::encoding::decode_varint;
use serde::de::Error as _;
use serde_json::Error;

/// The content of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The numbers and contents of the fields of a message, less those of a fixed size.
#[derive(Clone)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn advance(&mut self) -> Result<Option<(u64, Content<'a>)>, Error> {
        while !self.0.is_empty() {
            let key = self.varint()?;
            let number = key >> 3;
            match key & 7 {
                0 => return Ok(Some((number, Content::Number(self.varint()?)))),
                1 => drop(self.take(8)?),
                2 => {
                    let length = self.varint()?;
                    return Ok(Some((number, Content::Bytes(self.take(length)?))));
                }
                5 => drop(self.take(4)?),
                // Groups, which Kubernetes does not use.
                kind => return Err(Error::custom(format!("protobuf of wire type {kind}"))),
            }
        }
        Ok(None)
    }

    fn varint(&mut self) -> Result<u64, Error> {
        decode_varint(&mut self.0).map_err(Error::custom)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Error> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.0.split_at_checked(length))
            .ok_or_else(|| Error::custom("protobuf that ends early"))?;
        self.0 = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Content<'a>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance().transpose();
        if matches!(next, Some(Err(_))) {
            self.0 = &[];
        }
        next
    }
}
