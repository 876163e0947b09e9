//! The least that a filter which may refuse can do: read all of standard input, then write it.
//! scripts/bench measures the filter beside it.

use std::io::{Read as _, Write as _};

fn main() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    std::io::stdout().lock().write_all(&bytes)
}
