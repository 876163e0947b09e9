//! What the operator fills in before it validates an Installation.
//!
//! Mirrors tigera/operator v1.42.3: pkg/controller/installation/core_controller.go
//! (`fillDefaults`) and pkg/controller/ippool/defaults.go. In 1.30 and 1.32 all of it is in
//! core_controller.go, with the same values.

mod installation;
mod overlay;
mod pool;
mod pool_name;

pub use installation::Effective;
pub use pool::{EffectivePool, default_block_size, masquerades};
pub use pool_name::{name_of, standard_name};
