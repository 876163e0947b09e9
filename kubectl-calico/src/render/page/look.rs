//! How a page looks.

use anstyle::{AnsiColor, Style};

/// How a page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether to use color.
    pub color: bool,
    /// Whether to write ASCII only.
    pub ascii: bool,
    /// The number of columns.
    pub width: usize,
}

/// 80 columns without color, for files and pipes.
impl Default for Look {
    fn default() -> Self {
        Self {
            color: false,
            ascii: false,
            width: 80,
        }
    }
}

pub(in crate::render) const BOLD: Style = Style::new().bold();
pub(in crate::render) const RED: Style = AnsiColor::Red.on_default().bold();
pub(in crate::render) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(in crate::render) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(in crate::render) const CYAN: Style = AnsiColor::Cyan.on_default();
