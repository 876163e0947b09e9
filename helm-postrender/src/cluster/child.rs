//! Runs a program to its end, within a time and with a bound on what it may write.
//!
//! It writes to temporary files, not to pipes: nobody has to read while it runs, and a program that it
//! leaves behind, which would keep a pipe open, is not waited for. Each file is opened twice, so that
//! what such a program goes on to write does not move where it is read.

use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

/// How often it is looked whether the program has ended.
const TICK: Duration = Duration::from_millis(5);

/// A program that has ended.
pub(crate) struct Ended {
    /// How.
    pub(crate) ending: Ending,
    /// What it wrote, up to a byte more than the bound.
    pub(crate) stdout: Vec<u8>,
    /// What it said, likewise.
    pub(crate) stderr: Vec<u8>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By itself, or killed by somebody else.
    Exited(ExitStatus),
    /// Its time was up, and it was killed.
    Late,
    /// It wrote more than it may, and was killed.
    Long,
}

impl Ending {
    /// Its exit code, if it has one.
    pub(crate) fn code(self) -> Option<i32> {
        match self {
            Self::Exited(status) => status.code(),
            Self::Late | Self::Long => None,
        }
    }
}

/// Runs `command`, which has nothing to read and may write `longest` bytes to each of its outputs.
pub(crate) fn run(command: &mut Command, time: Duration, longest: u64) -> io::Result<Ended> {
    let file = || {
        NamedTempFile::new().map_err(|error| {
            let what = format!("no temporary file for what it writes: {error}");
            io::Error::new(error.kind(), what)
        })
    };
    let (stdout, stderr) = (file()?, file()?);
    let child = command
        .stdin(Stdio::null())
        .stdout(stdout.reopen()?)
        .stderr(stderr.reopen()?)
        .spawn()?;
    let deadline = Instant::now() + time;
    let to_be_killed = || {
        let length = |file: &NamedTempFile| file.as_file().metadata().map(|file| file.len());
        let is_long = |file: &NamedTempFile| length(file).is_ok_and(|length| length > longest);
        if is_long(&stdout) || is_long(&stderr) {
            Some(Ending::Long)
        } else {
            (Instant::now() >= deadline).then_some(Ending::Late)
        }
    };
    Ok(Ended {
        ending: wait(child, to_be_killed)?,
        stdout: written(&stdout, longest)?,
        stderr: written(&stderr, longest)?,
    })
}

/// Waits for the child, or until it is `to_be_killed`.
fn wait(mut child: Child, to_be_killed: impl Fn() -> Option<Ending>) -> io::Result<Ending> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ending::Exited(status));
        }
        if let Some(ending) = to_be_killed() {
            child.kill()?;
            return child.wait().map(|_| ending);
        }
        thread::sleep(TICK);
    }
}

fn written(file: &NamedTempFile, longest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = file.as_file();
    file.take(longest + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
