//! Inserts the fields into the text, and verifies the meaning of the result.

mod entries;
mod layout;
pub(crate) mod splice;
mod style;
mod values;
pub(crate) mod verify;
