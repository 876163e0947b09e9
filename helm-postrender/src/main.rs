//! The post-renderer's command line.
fn main() {}
