//! What can go wrong between the command line and a response, as error messages for users.
//!
//! No message is taken from a `kube::Error`: its text is repetitive, uses `Debug` output, and may
//! include an HTML page or the output of an exec credential plugin, which contains a token.

mod connect;
mod request;

use std::io;

pub use connect::ConnectError;
pub use request::{Request, RequestError, Verb};

/// The longest external text in one message, in characters: enough for a message of the API server.
pub(super) const LONGEST: usize = 300;

/// The text of an I/O error without the operating system's error number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}
