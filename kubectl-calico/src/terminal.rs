//! Standard output and standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use calico_core::text::printable;
use unicode_width::UnicodeWidthStr as _;

use crate::cli::Color;
use crate::render::Look;

/// Writes to standard output.
pub fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints an error to standard error.
pub fn complain(message: &str) {
    say("error", message);
}

/// Prints a warning to standard error.
pub fn warn(message: &str) {
    say("warning", message);
}

/// Prints what the program is doing to standard error.
pub fn note(message: &str) {
    let _ = writeln!(std::io::stderr(), "{}", printable(message));
}

/// Shows a text in place of the one before if standard output is a terminal, and otherwise below it, after an
/// empty line; with the time.
pub fn redraw(text: &str, time: &str) -> std::io::Result<()> {
    if std::io::stdout().is_terminal() {
        // To the first column of the first line; then, erase each line's rest and what is below.
        let (columns, rows) = size();
        let lines: String = fitted(text, columns, rows)
            .iter()
            .map(|line| format!("{line}{ERASE}\n"))
            .collect();
        write(&format!("\x1b[H{lines}\n{time}{ERASE}\n\x1b[J"))
    } else {
        write(&format!("{time}\n{text}\n"))
    }
}

/// The columns and rows of standard output, if it is a terminal.
pub fn size() -> (usize, usize) {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map_or((usize::MAX, usize::MAX), |(columns, rows)| {
        (usize::from(columns.0), usize::from(rows.0))
    })
}

/// As many lines as fit on a screen, and how many more there are: more than fit would push the first ones off
/// the screen. A line that is longer than the screen is wide takes several rows.
fn fitted(text: &str, columns: usize, rows: usize) -> Vec<String> {
    let most = rows.saturating_sub(LINES_BELOW).max(LINES_BELOW);
    let mut taken = 0;
    let fitting = text.lines().take_while(|line| {
        taken += width(line).div_ceil(columns.max(1)).max(1);
        taken <= most
    });
    let mut lines: Vec<String> = fitting.map(str::to_owned).collect();
    let more = text.lines().count() - lines.len();
    if more > 0 {
        let noun = if more == 1 { "line" } else { "lines" };
        lines.push(format!("... {more} more {noun}"));
    }
    lines
}

/// The columns of a line, in which colors take none.
fn width(line: &str) -> usize {
    let mut parts = line.split('\x1b');
    let first = parts.next().unwrap_or_default().width();
    let after_colors = parts.map(|part| part.split_once('m').map_or(0, |(_, rest)| rest.width()));
    first + after_colors.sum::<usize>()
}

/// Ends what is shown in place, so that the next prompt begins in a line of its own.
pub fn leave() {
    if std::io::stderr().is_terminal() {
        write_error(&format!("\r{ERASE}"));
    }
    if std::io::stdout().is_terminal() {
        let _ = write("\x1b[0m\n");
    }
}

fn say(severity: &str, message: &str) {
    let lines: Vec<String> = message.lines().map(printable).collect();
    // If this cannot be written either, the exit code still reports the failure.
    let _ = writeln!(std::io::stderr(), "{severity}: {}", lines.join("\n  "));
}

/// Writes to standard error.
pub fn write_error(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Waits for `work`. On a terminal, shows its progress if it takes more than half a second.
pub async fn with_progress<T>(work: impl Future<Output = T>, progress: impl Fn() -> String) -> T {
    const INTERVAL: Duration = Duration::from_millis(500);
    let mut work = std::pin::pin!(work);
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let mut shown = false;
    loop {
        match tokio::time::timeout(INTERVAL, &mut work).await {
            Ok(done) => {
                if shown {
                    write_error(&format!("\r{ERASE}"));
                }
                return done;
            }
            Err(_) => write_error(&format!("\r{}...{ERASE}", progress())),
        }
        shown = true;
    }
}

/// The lines below a text that is shown in place: how much of it is not shown, an empty one, the time, and that of
/// the cursor.
const LINES_BELOW: usize = 4;

/// Erases the rest of the line.
const ERASE: &str = "\x1b[K";

/// The capabilities of standard output.
pub fn look(color: Color) -> Look {
    Look {
        color: match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => shows_colors(),
        },
        ascii: !is_utf8(variable),
        width: match terminal_size::terminal_size_of(std::io::stdout()) {
            Some((terminal_size::Width(width), _)) => usize::from(width).clamp(60, 120),
            None => Look::default().width,
        },
    }
}

fn shows_colors() -> bool {
    std::io::stdout().is_terminal()
        && variable("TERM").as_deref() != Some("dumb")
        && variable("NO_COLOR").is_none()
}

/// An environment variable; an empty one is treated as unset.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the locale uses UTF-8, or is not set.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable)
        .is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_shows_the_first_lines() {
        let text = "one\ntwo\n\nfour\nfive\nsix\n";
        assert_eq!(fitted(text, 80, 10).len(), 6);
        let lines = fitted(text, 80, 9);
        assert_eq!(lines.len(), 6);
        assert_eq!(lines.last().unwrap(), "... 1 more line");
        // Of 8 rows, 4 are below the text.
        let long = format!("{}\n{}\nend\n", "x".repeat(60), "\x1b[31mred\x1b[0m");
        assert_eq!(fitted(&long, 20, 8).len(), 3);
        assert_eq!(fitted(&long, 15, 8), [&*"x".repeat(60), "... 2 more lines"]);
        assert_eq!(fitted(&long, 60, 8).len(), 3);
        assert_eq!(width("\x1b[1m\x1b[31mred\x1b[0m 漢"), 6);
    }

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
