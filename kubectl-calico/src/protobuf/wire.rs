//! The fields of a message, without copying any: the objects of a list are decoded one by one.

use prost::decode_length_delimiter;
use serde::de::Error as _;
use serde_json::Error;

/// The numbers and contents of those fields of a message that have a length. All others are skipped.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn advance(&mut self) -> Result<Option<(usize, &'a [u8])>, Error> {
        while !self.0.is_empty() {
            let key = self.varint()?;
            match key & 7 {
                0 => drop(self.varint()?),
                1 => drop(self.take(8)?),
                2 => {
                    let length = self.varint()?;
                    return Ok(Some((key >> 3, self.take(length)?)));
                }
                5 => drop(self.take(4)?),
                // Groups, which Kubernetes does not use.
                kind => return Err(Error::custom(format!("protobuf of wire type {kind}"))),
            }
        }
        Ok(None)
    }

    fn varint(&mut self) -> Result<usize, Error> {
        decode_length_delimiter(&mut self.0).map_err(Error::custom)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| Error::custom("protobuf that ends early"))?;
        self.0 = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(usize, &'a [u8]), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance().transpose();
        if matches!(next, Some(Err(_))) {
            self.0 = &[];
        }
        next
    }
}
