//! Runs a program until it exits, with a time limit and a limit on its output.
//!
//! The program writes to temporary files instead of pipes: nothing has to read while it runs, and a
//! process that it leaves behind, which would keep a pipe open, is not waited for. The files have no
//! name, so none is left behind if this program is killed. They are read at explicit offsets, which no
//! other process can change.

use std::fs::File;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::interrupt::HeldChild;

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
    /// It exited, or was killed by another program.
    Exited(ExitStatus),
    /// It was killed because it exceeded the time limit.
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
    command
        .stdin(Stdio::null())
        .stdout(stdout.file.try_clone()?)
        .stderr(stderr.file.try_clone()?);
    let child = HeldChild::spawn(command)?;
    let deadline = Instant::now() + timeout;
    let ending = wait(&child, || {
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

/// Waits for the child to exit, or kills it once `reason_to_kill` returns a reason.
fn wait(child: &HeldChild, reason_to_kill: impl Fn() -> Option<Ending>) -> io::Result<Ending> {
    loop {
        if let Some(status) = child.with(Child::try_wait)? {
            return Ok(Ending::Exited(status));
        }
        if let Some(ending) = reason_to_kill() {
            child.with(Child::kill)?;
            return child.with(Child::wait).map(|_| ending);
        }
        thread::sleep(INTERVAL);
    }
}

/// A temporary file for an output of the program.
struct Output {
    file: File,
    limit: u64,
}

impl Output {
    fn create(limit: u64) -> io::Result<Self> {
        let file = tempfile::tempfile().map_err(|error| {
            let message = format!("cannot create a temporary file for its output: {error}");
            io::Error::new(error.kind(), message)
        })?;
        Ok(Self { file, limit })
    }

    fn is_over_limit(&self) -> bool {
        let metadata = self.file.metadata();
        metadata.is_ok_and(|metadata| metadata.len() > self.limit)
    }

    /// The content, up to one byte over the limit.
    fn read(&self) -> io::Result<Vec<u8>> {
        let length = self.file.metadata()?.len().min(self.limit + 1);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        let mut read = 0;
        while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match read_at(&self.file, rest, read as u64)? {
                0 => break,
                more => read += more,
            }
        }
        bytes.truncate(read);
        Ok(bytes)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
