//! The test cluster itself: the API server is a real one, and starts and stops as it should.

mod controllers;
mod crds;
mod launcher;
mod server;
