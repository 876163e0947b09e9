//! From a plan to what a person, Helm, kubectl, the filter or another program reads: one format a
//! file.

mod config;
mod flags;
mod installation;
mod refused;
mod spec;
mod text;
mod values;

pub use config::config;
pub use flags::flags;
pub use installation::installation;
pub use refused::refused;
pub use text::text;
pub use values::values;
