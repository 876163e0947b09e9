//! Where the fields go in the text, and whether the text then means what it should.

mod entries;
mod layout;
pub(crate) mod splice;
mod style;
mod values;
pub(crate) mod verify;
