//! What a command prints, and the exit code that follows.

use std::io::ErrorKind;

use crate::exit::Exit;
use crate::terminal;

/// Prints a text to standard output, and returns `exit` if that succeeds. A closed pipe is not a
/// failure.
pub(super) fn print(text: &str, exit: Exit) -> Exit {
    match terminal::write(text) {
        Ok(()) => exit,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit,
        Err(error) => fail(&format!("cannot write the output: {error}")),
    }
}

/// Prints an error that leaves nothing to report.
pub(super) fn fail(message: &str) -> Exit {
    terminal::complain(message);
    Exit::Incomplete
}
