//! The test cluster itself: that the API server of the other tests is a real one, and comes and goes as it should.

mod crds;
mod launcher;
mod server;
