//! What `kubectl calico snapshot` prints, and what it leaves out.

mod kept;
mod planted;
