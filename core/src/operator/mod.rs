//! tigera/operator: its versions, and how its Deployment reports which one it runs.

mod deployment;
mod release;
mod version;

pub use deployment::{
    ContainerView, DEPLOYMENT, ReportedVersion, VERSION_VARIABLE, VersionSource, version_of,
};
pub use version::{OperatorVersion, OperatorVersionError};
