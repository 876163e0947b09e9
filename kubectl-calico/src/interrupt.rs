//! Signals that end a run which has something to remove or to restore first.

/// The signals that end a program. From its creation on, they no longer end the process by themselves.
#[derive(Debug)]
pub(crate) struct Interrupt {
    #[cfg(unix)]
    signals: [(tokio::signal::unix::Signal, u8); 3],
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
}

impl Interrupt {
    #[cfg(unix)]
    pub(crate) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        // 128 and the number of the signal, as shells report it.
        Ok(Self {
            signals: [
                (signal(SignalKind::hangup())?, 129),
                (signal(SignalKind::interrupt())?, 130),
                (signal(SignalKind::terminate())?, 143),
            ],
        })
    }

    #[cfg(windows)]
    pub(crate) fn new() -> std::io::Result<Self> {
        let ctrl_c = tokio::signal::windows::ctrl_c()?;
        Ok(Self { ctrl_c })
    }

    /// Waits for a signal, and returns the exit code that it stands for.
    #[cfg(unix)]
    pub(crate) async fn signal(&mut self) -> u8 {
        let [(hangup, first), (interrupt, second), (terminate, third)] = &mut self.signals;
        tokio::select! {
            _ = hangup.recv() => *first,
            _ = interrupt.recv() => *second,
            _ = terminate.recv() => *third,
        }
    }

    /// Waits for Ctrl-C, and returns the exit code that it stands for.
    #[cfg(windows)]
    pub(crate) async fn signal(&mut self) -> u8 {
        self.ctrl_c.recv().await;
        130
    }

    /// The exit code of a signal that has arrived already.
    pub(crate) async fn arrived(&mut self) -> Option<u8> {
        tokio::select! {
            biased;
            code = self.signal() => Some(code),
            () = std::future::ready(()) => None,
        }
    }
}

/// Waits for a signal in this thread, and returns the exit code that it stands for.
pub(crate) fn wait() -> std::io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async { Ok(Interrupt::new()?.signal().await) })
}
