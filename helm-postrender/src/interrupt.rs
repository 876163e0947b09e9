//! What a signal must not leave behind: the program that this one has started, and a temporary file next to
//! the report.

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// What a signal ends and removes.
struct Held {
    child: Option<Child>,
    file: Option<PathBuf>,
}

static HELD: Mutex<Held> = Mutex::new(Held {
    child: None,
    file: None,
});

/// While it is locked, a signal waits.
fn held() -> MutexGuard<'static, Held> {
    watch::start();
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program that was started. There is one at a time.
pub(crate) struct HeldChild(());

impl HeldChild {
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        held().child = Some(command.spawn()?);
        Ok(Self(()))
    }

    pub(crate) fn with<T>(&self, ask: impl FnOnce(&mut Child) -> io::Result<T>) -> io::Result<T> {
        match &mut held().child {
            Some(child) => ask(child),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Drop for HeldChild {
    fn drop(&mut self) {
        held().child = None;
    }
}

/// Creates a temporary file. Once it has been moved, there is nothing at its path.
pub(crate) fn create(
    create: impl FnOnce() -> io::Result<NamedTempFile>,
) -> io::Result<NamedTempFile> {
    let mut held = held();
    let file = create()?;
    held.file = Some(file.path().to_owned());
    Ok(file)
}

#[cfg(unix)]
mod watch {
    use std::sync::{Once, PoisonError};
    use std::{fs, thread};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    /// Waits for a signal in a thread of its own: the others may be in a call that takes its time.
    pub(super) fn start() {
        static STARTED: Once = Once::new();
        STARTED.call_once(|| {
            // Without it, a signal ends this program as it ends any other.
            if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) {
                thread::spawn(move || signals.forever().next().map(end));
            }
        });
    }

    fn end(signal: i32) {
        let mut held = super::HELD.lock().unwrap_or_else(PoisonError::into_inner);
        // Both may be gone already.
        if let Some(child) = &mut held.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        if let Some(file) = &held.file {
            let _ = fs::remove_file(file);
        }
        let _ = emulate_default_handler(signal);
    }
}

#[cfg(not(unix))]
mod watch {
    pub(super) fn start() {}
}
