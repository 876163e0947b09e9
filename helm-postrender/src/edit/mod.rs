//! Where the fields go in the text, and whether the text then means what it should.

pub(crate) mod layout;
pub(crate) mod splice;
pub(crate) mod style;
pub(crate) mod verify;
