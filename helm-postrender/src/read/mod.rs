//! The input: bytes, documents, nodes.

pub(crate) mod mentions;
pub(crate) mod outside;
pub(crate) mod stream;
pub(crate) mod text_edit;
pub(crate) mod tree;
