//! The input: bytes, documents, nodes.

pub(crate) mod markers;
pub(crate) mod mentions;
pub(crate) mod place;
pub(crate) mod stream;
pub(crate) mod text_edit;
pub(crate) mod text_outside_scalars;
pub(crate) mod tree;
