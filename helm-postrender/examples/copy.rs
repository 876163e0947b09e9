//! The minimum work of a filter that may refuse its input: read all of standard input, then write it.
//! `scripts/bench` compares helm-postrender with it.

use std::io::{Read as _, Write as _};

fn main() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    std::io::stdout().lock().write_all(&bytes)
}
