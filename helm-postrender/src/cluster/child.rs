//! Runs a program to its end, with a time limit and a limit on what it may write.
//!
//! It writes to temporary files, not to pipes: nothing has to read while it runs, and a program that
//! it leaves behind, which would keep a pipe open, is not waited for. Each file is opened twice, so
//! that such a program does not move the position from which the file is read.

use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

/// How often the program is checked.
const INTERVAL: Duration = Duration::from_millis(5);

/// A program that has ended.
pub(crate) struct Ended {
    pub(crate) ending: Ending,
    /// What it wrote to standard output: at most one byte more than the limit.
    pub(crate) stdout: Vec<u8>,
    /// What it wrote to standard error: at most one byte more than the limit.
    pub(crate) stderr: Vec<u8>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It exited, or another program killed it.
    Exited(ExitStatus),
    /// It was killed when its time was up.
    TimedOut,
    /// It was killed because it wrote too much.
    TooMuchOutput,
}

impl Ending {
    /// The exit code, if there is one.
    pub(crate) fn code(self) -> Option<i32> {
        match self {
            Self::Exited(status) => status.code(),
            Self::TimedOut | Self::TooMuchOutput => None,
        }
    }
}

/// Runs `command` without input. It may write `limit` bytes to each of its outputs.
pub(crate) fn run(command: &mut Command, timeout: Duration, limit: u64) -> io::Result<Ended> {
    let stdout = Output::create(limit)?;
    let stderr = Output::create(limit)?;
    let child = command
        .stdin(Stdio::null())
        .stdout(stdout.file.reopen()?)
        .stderr(stderr.file.reopen()?)
        .spawn()?;
    let deadline = Instant::now() + timeout;
    let ending = wait(child, || {
        if stdout.is_over_limit() || stderr.is_over_limit() {
            Some(Ending::TooMuchOutput)
        } else {
            (Instant::now() >= deadline).then_some(Ending::TimedOut)
        }
    })?;
    Ok(Ended {
        ending,
        stdout: stdout.read()?,
        stderr: stderr.read()?,
    })
}

/// Waits for the child to exit, or kills it when `reason_to_kill` has one.
fn wait(mut child: Child, reason_to_kill: impl Fn() -> Option<Ending>) -> io::Result<Ending> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ending::Exited(status));
        }
        if let Some(ending) = reason_to_kill() {
            child.kill()?;
            return child.wait().map(|_| ending);
        }
        thread::sleep(INTERVAL);
    }
}

/// A temporary file for an output of the program.
struct Output {
    file: NamedTempFile,
    limit: u64,
}

impl Output {
    fn create(limit: u64) -> io::Result<Self> {
        let file = NamedTempFile::new().map_err(|error| {
            let message = format!("cannot create a temporary file for its output: {error}");
            io::Error::new(error.kind(), message)
        })?;
        Ok(Self { file, limit })
    }

    fn is_over_limit(&self) -> bool {
        let metadata = self.file.as_file().metadata();
        metadata.is_ok_and(|metadata| metadata.len() > self.limit)
    }

    /// The content, up to one byte over the limit.
    fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = self.file.as_file();
        file.take(self.limit + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
