//! The file of `--ignore-file`.

use std::fmt;
use std::path::Path;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::yaml_file;
use crate::assess::ignores::Ignore;
use crate::cli::checked;
use crate::gather::input;

/// What a file ignores.
pub(super) fn read(path: &Path) -> Result<impl Iterator<Item = Ignore>, String> {
    let read: IgnoreFile = yaml_file::parse(&input::text(path)?).map_err(|why| why.of(path))?;
    Ok(read.ignore.into_iter().map(|CheckedIgnore(ignore)| ignore))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreFile {
    ignore: Vec<CheckedIgnore>,
}

/// Checked while it is parsed, so that the error has its line.
struct CheckedIgnore(Ignore);

impl<'de> Deserialize<'de> for CheckedIgnore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = Ignore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ignore, A::Error> {
                let ignore = Ignore::deserialize(MapAccessDeserializer::new(map))?;
                checked(ignore).map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_map(Entry).map(Self)
    }
}
