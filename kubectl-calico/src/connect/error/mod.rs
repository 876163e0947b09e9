//! What can go wrong between the command line and a response, in the words that a user reads.
//!
//! No text here is that of a `kube::Error`: it repeats itself, prints with `Debug`, and may include a
//! page of HTML or the output of an exec credential plugin, which is a token.

mod connect;
mod request;

use std::io;

pub use connect::ConnectError;
pub use request::{Request, RequestError};

/// The longest foreign text in one message, in characters: enough for the API server's own.
pub(super) const LONGEST: usize = 300;

/// The text of an I/O error without the number that the operating system has for it.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}
