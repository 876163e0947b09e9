//! A plan in the formats for people, Helm, kubectl, the filter and other programs: one file each.

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
