//! The programs that a command runs, and their arguments, as a shell splits them. Only as much of a shell's
//! grammar as this crate's own commands use.

use std::ops::Range;

/// What may come before a program: reserved words, and programs that run another one.
const PREFIXES: [&str; 11] = [
    "!", "{", "do", "then", "else", "if", "while", "until", "sudo", "time", "xargs",
];

/// The words of each program's call, as ranges of bytes; the first is the program. What here-documents,
/// comments and quotes contain is none.
pub(super) fn calls(command: &str) -> Vec<Vec<Range<usize>>> {
    let mut scanner = Scanner {
        text: command,
        at: 0,
        levels: vec![Level::default()],
        calls: Vec::new(),
        delimiter: None,
    };
    while scanner.step().is_some() {}
    for _ in 0..scanner.levels.len() {
        scanner.end_call();
        scanner.levels.pop();
    }
    scanner.calls
}

/// A command, or a command substitution in it.
#[derive(Default)]
struct Level {
    /// The words of the call so far.
    words: Vec<Range<usize>>,
    /// Where the current word begins.
    word: Option<usize>,
    /// Whether it is in double quotes.
    is_quoted: bool,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    levels: Vec<Level>,
    calls: Vec<Vec<Range<usize>>>,
    /// The delimiter of the here-document that begins on the next line.
    delimiter: Option<&'a str>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads a character, a quoted text or the start of a substitution; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let next = rest.chars().next()?;
        if rest.starts_with("$(") {
            self.begin_word();
            self.levels.push(Level::default());
            self.at += 2;
            return Some(());
        }
        if self.levels.last()?.is_quoted {
            self.quoted(next);
            return Some(());
        }
        let is_between = self.levels.last()?.word.is_none();
        match next {
            '\\' if rest.starts_with("\\\n") => {
                self.end_word();
                self.at += 2;
            }
            '\\' => {
                self.begin_word();
                self.skip_escaped();
            }
            '\'' => {
                self.begin_word();
                self.skip_past("'", 1);
            }
            '"' => {
                self.begin_word();
                self.levels.last_mut()?.is_quoted = true;
                self.at += 1;
            }
            '#' if is_between => self.at += rest.find('\n').unwrap_or(rest.len()),
            '\n' => {
                self.end_call();
                self.at += 1;
                self.skip_here_document();
            }
            '<' if rest.starts_with("<<'") => {
                self.end_word();
                let delimiter = rest.get(3..).and_then(|rest| rest.split('\'').next());
                self.delimiter = delimiter;
                self.skip_past("'", 3);
            }
            ')' => {
                self.end_call();
                if self.levels.len() > 1 {
                    self.levels.pop();
                }
                self.at += 1;
            }
            '|' | '&' | ';' | '(' => {
                self.end_call();
                self.at += 1;
            }
            other if other.is_whitespace() => {
                self.end_word();
                self.at += other.len_utf8();
            }
            other => {
                self.begin_word();
                self.at += other.len_utf8();
            }
        }
        Some(())
    }

    fn quoted(&mut self, next: char) {
        match next {
            '\\' => self.skip_escaped(),
            '"' => {
                if let Some(level) = self.levels.last_mut() {
                    level.is_quoted = false;
                }
                self.at += 1;
            }
            other => self.at += other.len_utf8(),
        }
    }

    fn skip_escaped(&mut self) {
        let escaped = self.rest().chars().take(2);
        self.at += escaped.map(char::len_utf8).sum::<usize>();
    }

    /// Skips the opening, and everything to the end of the closing quote.
    fn skip_past(&mut self, closing: &str, opening: usize) {
        let rest = self.rest();
        let inside = rest.get(opening..).unwrap_or_default();
        let end = inside
            .find(closing)
            .map(|end| opening + end + closing.len());
        self.at += end.unwrap_or(rest.len());
    }

    fn skip_here_document(&mut self) {
        let Some(delimiter) = self.delimiter.take() else {
            return;
        };
        for line in self.rest().split_inclusive('\n') {
            self.at += line.len();
            if line.trim_end_matches('\n') == delimiter {
                return;
            }
        }
    }

    fn begin_word(&mut self) {
        let at = self.at;
        if let Some(level) = self.levels.last_mut() {
            level.word.get_or_insert(at);
        }
    }

    fn end_word(&mut self) {
        let at = self.at;
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        let Some(start) = level.word.take() else {
            return;
        };
        let word = self.text.get(start..at).unwrap_or_default();
        if !level.words.is_empty() || !comes_before_a_program(word) {
            level.words.push(start..at);
        }
    }

    fn end_call(&mut self) {
        self.end_word();
        if let Some(level) = self.levels.last_mut() {
            let words = std::mem::take(&mut level.words);
            self.calls.extend((!words.is_empty()).then_some(words));
        }
    }
}

/// Whether the program is a later word: after a reserved word, a program that runs another one, an option of that, or an
/// assignment.
fn comes_before_a_program(word: &str) -> bool {
    let assigns = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    assigns || word.starts_with('-') || PREFIXES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(command: &str) -> Vec<Vec<&str>> {
        let calls = calls(command).into_iter();
        calls
            .map(|words| words.into_iter().map(|word| &command[word]).collect())
            .collect()
    }

    #[test]
    fn a_program_begins_a_line_a_pipe_and_a_substitution() {
        assert_eq!(
            programs("kubectl get a \\\n  -o yaml \\\n  | kubectl create -f - && x -n 'a b'\ny; z"),
            [
                &["kubectl", "get", "a", "-o", "yaml"][..],
                &["kubectl", "create", "-f", "-"],
                &["x", "-n", "'a b'"],
                &["y"],
                &["z"],
            ]
        );
        assert_eq!(
            programs("a -o name | xargs -I% b % -p"),
            [&["a", "-o", "name"][..], &["b", "%", "-p"]]
        );
        assert_eq!(
            programs("helm install $(kubectl calico plan -o flags) -n \"$(a | b)\" c"),
            [
                &["kubectl", "calico", "plan", "-o", "flags"][..],
                &["a"],
                &["b"],
                &[
                    "helm",
                    "install",
                    "$(kubectl calico plan -o flags)",
                    "-n",
                    "\"$(a | b)\"",
                    "c"
                ],
            ]
        );
        assert_eq!(
            programs("for n in a b; do kubectl get $n; done"),
            [
                &["for", "n", "in", "a", "b"][..],
                &["kubectl", "get", "$n"],
                &["done"]
            ]
        );
        assert_eq!(programs("A=1 sudo kubectl get"), [["kubectl", "get"]]);
    }

    #[test]
    fn quotes_comments_and_here_documents_have_none() {
        assert_eq!(
            programs("# kubectl get\nkubectl patch -p '{\"a\":\"; kubectl x\"}' \"| kubectl\" a#b"),
            [[
                "kubectl",
                "patch",
                "-p",
                "'{\"a\":\"; kubectl x\"}'",
                "\"| kubectl\"",
                "a#b"
            ]]
        );
        assert_eq!(
            programs("kubectl create -f - <<'EOF'\n- a: \"it's\"\nkubectl get\nEOF\nkubectl wait"),
            [&["kubectl", "create", "-f", "-"][..], &["kubectl", "wait"]]
        );
        assert_eq!(programs("kubectl 'get"), [["kubectl", "'get"]]);
    }
}
