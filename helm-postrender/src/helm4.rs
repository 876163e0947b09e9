//! How a failure reaches the user: through Helm 4, or through Helm 3 or a plain pipe.
//!
//! Helm 3 prints the stderr of a post-renderer that fails. Helm 4 (4.1.4 to 4.3.1,
//! internal/plugin/runtime_subprocess.go) drops both stderr and the exit code, but prints a document
//! that it cannot parse as a manifest. So for Helm 4 the message is such a document: one literal block
//! scalar. A second document, of an API group that does not exist, ensures that nothing is applied if
//! a later Helm accepts the first one.

use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

use calico_core::text::printable;

use crate::exit::Exit;

/// The prefix of every message.
const NAME: &str = "helm-postrender";

/// What started this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Helm 3, or any pipe.
    Pipe,
    /// Helm 4, as its plugin.
    Helm4,
}

/// Whether the stream is being written: after that, nothing else may be written to stdout.
static STREAM_STARTED: AtomicBool = AtomicBool::new(false);

impl Caller {
    /// The argument that plugin.yaml puts first. Nothing else proves that Helm 4 is the caller: its
    /// environment variables are inherited by every program that it starts.
    pub const HELM4_ARGUMENT: &'static str = "--helm4";

    /// Recognizes Helm 4 by the first argument, and removes it.
    pub fn of(arguments: &mut Vec<std::ffi::OsString>) -> Self {
        if arguments
            .get(1)
            .is_some_and(|argument| argument == Self::HELM4_ARGUMENT)
        {
            arguments.remove(1);
            Self::Helm4
        } else {
            Self::Pipe
        }
    }

    /// Reports a failure, and returns the exit code that makes the caller show it.
    pub fn fail(self, message: &str, exit: Exit) -> u8 {
        let message = shown(message);
        // If this fails too, there is no other way to report anything.
        let _ = writeln!(io::stderr(), "{message}");
        if self == Self::Pipe || STREAM_STARTED.load(Ordering::SeqCst) {
            return exit.code();
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(helm4_documents(&message).as_bytes());
        match written.and_then(|()| stdout.flush()) {
            Ok(()) => Exit::Written.code(),
            Err(_) => exit.code(),
        }
    }

    /// Reports a panic, which is a bug in this program, like any other failure.
    pub fn guard(self) {
        std::panic::set_hook(Box::new(move |panic| {
            let code = self.fail(&bug(panic), Exit::Refused);
            std::process::exit(code.into());
        }));
    }
}

/// Records that the stream is being written.
pub(crate) fn stream_starts() {
    STREAM_STARTED.store(true, Ordering::SeqCst);
}

fn bug(panic: &PanicHookInfo) -> String {
    let payload = panic.payload();
    let what = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown");
    let place = panic
        .location()
        .map_or(String::new(), |at| format!(" ({at})"));
    format!(
        "internal error, nothing was written: {}{place}\n  fix: please report this, with the stream that caused it",
        printable(what)
    )
}

/// The message as it is shown: after the program's name, and with every line printable.
fn shown(message: &str) -> String {
    let lines: Vec<String> = message.lines().map(printable).collect();
    format!("{NAME}: error: {}", lines.join("\n"))
}

fn helm4_documents(message: &str) -> String {
    let lines: Vec<String> = message.lines().map(|line| format!("  {line}")).collect();
    format!(
        "|-\n{}\n---\napiVersion: {NAME}.invalid/v1\nkind: Refused\nmetadata:\n  name: {NAME}-refused\n",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize as _;

    #[test]
    fn what_helm_4_is_given_holds_the_whole_message() {
        let message = shown("a\u{1b}[31m: b\r\n  at: \tx\n\n   # c");
        let documents = helm4_documents(&message);
        let mut values = serde_yaml::Deserializer::from_str(&documents);
        let first = serde_yaml::Value::deserialize(values.next().unwrap()).unwrap();
        assert_eq!(first.as_str(), Some(message.as_str()));
        let second = serde_yaml::Value::deserialize(values.next().unwrap()).unwrap();
        assert_eq!(second["kind"].as_str(), Some("Refused"));
        assert!(!documents.contains('\u{1b}') && !documents.contains('\r'));
    }

    #[test]
    fn only_the_first_argument_identifies_helm_4() {
        let caller = |arguments: &[&str]| {
            let mut arguments = arguments.iter().map(Into::into).collect();
            (Caller::of(&mut arguments), arguments.len())
        };
        assert_eq!(caller(&["x", "--helm4", "--check"]), (Caller::Helm4, 2));
        assert_eq!(caller(&["x", "--check", "--helm4"]), (Caller::Pipe, 3));
        assert_eq!(caller(&[]), (Caller::Pipe, 0));
    }
}
