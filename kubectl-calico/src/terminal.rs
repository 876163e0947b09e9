//! Standard output and standard error: what may be on them, and how wide they are.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use calico_core::text::printable;

use crate::cli::Colour;
use crate::render::Look;

/// Writes to standard output.
pub fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says on standard error what went wrong.
pub fn complain(message: &str) {
    let lines: Vec<String> = message.lines().map(printable).collect();
    // Where this cannot be written either, the exit code still tells.
    let _ = writeln!(
        std::io::stderr(),
        "kubectl calico: error: {}",
        lines.join("\n  ")
    );
}

/// Says something on standard error that is no failure.
pub fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Waits for something; on a terminal, says how far it is once that takes more than a moment.
pub async fn waiting<T>(work: impl Future<Output = T>, progress: impl Fn() -> String) -> T {
    const MOMENT: Duration = Duration::from_millis(500);
    let mut work = std::pin::pin!(work);
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let mut told = false;
    loop {
        match tokio::time::timeout(MOMENT, &mut work).await {
            Ok(done) => {
                if told {
                    tell(&format!("\r{ERASE}"));
                }
                return done;
            }
            Err(_) => tell(&format!("\r{}{ERASE}", progress())),
        }
        told = true;
    }
}

/// Erases what is behind the cursor on its line.
const ERASE: &str = "\x1b[K";

/// How a page looks on standard output.
pub fn look(colour: Colour) -> Look {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let terminal = std::io::stdout().is_terminal();
    let dumb = variable("TERM").as_deref() == Some("dumb");
    Look {
        colour: match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !dumb && variable("NO_COLOR").is_none(),
        },
        ascii: !is_utf8(variable),
        width: match terminal_size::terminal_size_of(std::io::stdout()) {
            Some((terminal_size::Width(width), _)) => usize::from(width).clamp(60, 120),
            None => Look::default().width,
        },
    }
}

/// Whether the locale writes UTF-8; where none is set, nothing says that it does not.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_on_ascii() {
        let utf8 = |set: &'static [(&str, &str)]| {
            is_utf8(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(utf8(&[]));
        assert!(utf8(&[("LANG", "de_DE.UTF-8")]));
        assert!(utf8(&[("LC_ALL", "C.utf8"), ("LANG", "C")]));
        assert!(!utf8(&[("LANG", "C")]));
        assert!(!utf8(&[("LC_ALL", "POSIX"), ("LANG", "de_DE.UTF-8")]));
    }
}
