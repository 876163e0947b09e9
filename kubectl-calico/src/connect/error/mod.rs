//! What can go wrong on the way to an answer, in words for the person who asked.
//!
//! No text here is that of a `kube::Error`: it repeats itself, prints with `Debug`, and may hold a
//! page of HTML or the output of an exec plugin, which is a token.

mod connect;
mod request;

use std::io;

pub use connect::ConnectError;
pub use request::{Request, RequestError};

/// The most characters of somebody else's text in one message: enough for the API server's own.
pub(super) const LONGEST: usize = 300;

/// What the system says of a failure, without the number that it has for it.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}
