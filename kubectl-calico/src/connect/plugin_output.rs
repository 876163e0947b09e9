//! What a program prints, up to a limit.

use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use super::error::reason;

/// The most that a program may print to each of its outputs, in bytes. A token has a few KB.
const LARGEST: u64 = 1 << 20;

/// A program that has ended.
pub(super) struct Output {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    /// Empty if it went to the terminal.
    pub(super) stderr: Vec<u8>,
}

/// Starts a program whose standard output is read. It is killed when it is dropped.
pub(super) fn spawn(command: &mut Command) -> std::io::Result<Child> {
    command.stdout(Stdio::piped()).kill_on_drop(true).spawn()
}

/// Waits for a program to end.
pub(super) async fn wait(mut child: Child) -> Result<Output, String> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = tokio::try_join!(
        read(stdout, "standard output"),
        read(stderr, "standard error"),
    )?;
    let status = child.wait().await;
    let status = status.map_err(|error| format!("cannot be waited for: {}", reason(&error)))?;
    Ok(Output {
        status,
        stdout,
        stderr,
    })
}

async fn read(output: Option<impl AsyncRead + Unpin>, name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let Some(output) = output else {
        return Ok(bytes);
    };
    let read = output.take(LARGEST + 1).read_to_end(&mut bytes).await;
    read.map_err(|error| format!("cannot be read: {}", reason(&error)))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("printed more than {} MiB to {name}", LARGEST >> 20));
    }
    Ok(bytes)
}
