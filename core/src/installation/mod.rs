//! The parts of the Installation resource that pools depend on.

mod model;
pub mod path;
mod read;
pub(crate) mod value;

pub use model::{Installation, Pool, WrongType};

/// Its group and version.
pub const API_VERSION: &str = "operator.tigera.io/v1";

/// Its kind.
pub const KIND: &str = "Installation";

/// The name of the default Installation, the only one that the operator reconciles.
pub const DEFAULT_NAME: &str = "default";

/// The name of an Installation whose settings the operator merges over those of the default one.
/// Its pools are ignored: the pool controller reads `default` only
/// (tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go).
pub const OVERLAY_NAME: &str = "overlay";
