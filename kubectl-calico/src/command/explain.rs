//! `kubectl calico explain`

use calico_core::text::{closest, quoted};

use crate::assess::checks::CHECKS;
use crate::cli::{Colour, Explain};
use crate::exit::Exit;
use crate::render;
use crate::terminal;

/// Prints what a code means, or all codes.
pub fn run(arguments: &Explain) -> Exit {
    let Some(code) = arguments.code.as_deref().filter(|_| !arguments.list) else {
        return written(&render::list());
    };
    let same = |known: &str| known.eq_ignore_ascii_case(code);
    match CHECKS.iter().find(|check| same(check.code)) {
        Some(check) => written(&render::explain(check, terminal::look(Colour::Auto))),
        None => {
            let codes: Vec<&str> = CHECKS.iter().map(|check| check.code).collect();
            let meant = closest(code, &codes).map(|code| format!(" (did you mean {code}?)"));
            terminal::complain(&format!(
                "{} is not a code{}: kubectl calico explain --list names them all",
                quoted(code),
                meant.unwrap_or_default()
            ));
            Exit::Usage
        }
    }
}

fn written(text: &str) -> Exit {
    super::write(text).err().unwrap_or(Exit::Well)
}
