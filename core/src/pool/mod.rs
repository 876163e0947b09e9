//! The parts of a pool that both programs set, plan and check.

mod block_size;
mod encapsulation;
mod field;
mod uses;

pub use block_size::{BlockSize, BlockSizeError};
pub(crate) use encapsulation::did_you_mean;
pub use encapsulation::{Encapsulation, UnknownEncapsulation};
pub use field::Field;
pub use uses::{LOAD_BALANCER, TUNNEL, Uses, WORKLOAD};
