//! From a plan to what a person, Helm, kubectl, the filter or another program reads: one format a
//! file.

mod text;

pub use text::text;
