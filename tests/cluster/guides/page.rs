//! A page of docs/guides: its text, what its comments set up, and the commands in its console blocks.

use std::fmt::Write as _;

/// A part of a page, in its order.
#[derive(Debug)]
pub(super) enum Part {
    /// Lines that are not run.
    Text(String),
    /// `<!-- cluster: NAME -->`: the cluster that the next commands read.
    Cluster {
        lines: String,
        name: String,
    },
    /// `<!-- run: SCRIPT -->`: commands that the page does not show.
    Hidden {
        lines: String,
        script: String,
    },
    /// `<!-- file: NAME -->` and a fenced block: a file that the reader has.
    File {
        lines: String,
        name: String,
        content: String,
    },
    Console(Console),
}

/// A block of commands, each with the output that the page shows.
#[derive(Debug)]
pub(super) struct Console {
    /// `<!-- not run: REASON -->`: why it cannot be run.
    pub(super) not_run: Option<String>,
    /// `<!-- fails -->`: the last command exits with another code than 0.
    pub(super) fails: bool,
    pub(super) commands: Vec<Command>,
}

#[derive(Debug)]
pub(super) struct Command {
    /// As on the page, without the prompt; may have several lines.
    pub(super) text: String,
    /// The lines that follow.
    pub(super) output: String,
}

const FENCE: &str = "```";
const PROMPT: &str = "$ ";

/// Splits a page into its parts; an error names the line.
pub(super) fn parse(page: &str) -> Result<Vec<Part>, String> {
    let mut lines = page.lines().enumerate().peekable();
    let mut parts = Vec::new();
    let (mut not_run, mut fails, mut file) = (None, false, None);
    while let Some((number, line)) = lines.next() {
        let place = format!("line {}", number + 1);
        if let Some(start) = line.strip_prefix("<!-- ") {
            let mut comment = start.to_owned();
            let mut raw = format!("{line}\n");
            while !comment.ends_with("-->") {
                let (_, next) = lines
                    .next()
                    .ok_or_else(|| format!("{place}: no end of the comment"))?;
                write!(comment, "\n{next}").unwrap();
                writeln!(raw, "{next}").unwrap();
            }
            let comment = comment.trim_end_matches("-->").trim();
            let (name, value) = comment.split_once(':').unwrap_or((comment, ""));
            let value = value.trim().to_owned();
            match name {
                "cluster" => parts.push(Part::Cluster {
                    lines: raw,
                    name: value,
                }),
                "run" => parts.push(Part::Hidden {
                    lines: raw,
                    script: value,
                }),
                "file" => {
                    file = Some((raw, value));
                }
                "not run" => {
                    not_run = Some(value);
                    parts.push(Part::Text(raw));
                }
                "fails" => {
                    fails = true;
                    parts.push(Part::Text(raw));
                }
                _ => return Err(format!("{place}: unknown comment: {name}")),
            }
        } else if let Some(language) = line.strip_prefix(FENCE) {
            let mut body = String::new();
            loop {
                match lines.next() {
                    Some((_, line)) if line == FENCE => break,
                    Some((_, line)) => writeln!(body, "{line}").unwrap(),
                    None => return Err(format!("{place}: no end of the block")),
                }
            }
            if let Some((raw, name)) = file.take() {
                parts.push(Part::File {
                    lines: format!("{raw}{line}\n{body}{FENCE}\n"),
                    name,
                    content: body,
                });
            } else if language == "console" {
                parts.push(Part::Console(Console {
                    not_run: not_run.take(),
                    fails: std::mem::take(&mut fails),
                    commands: commands(&body).map_err(|why| format!("{place}: {why}"))?,
                }));
            } else {
                return Err(format!(
                    "{place}: a block is either console or the content of a file"
                ));
            }
        } else if line.starts_with("    ") {
            return Err(format!("{place}: nothing runs an indented block"));
        } else {
            parts.push(Part::Text(format!("{line}\n")));
        }
    }
    Ok(parts)
}

fn commands(body: &str) -> Result<Vec<Command>, String> {
    let mut commands: Vec<Command> = Vec::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(first) = line.strip_prefix(PROMPT) {
            let mut text = first.to_owned();
            while is_incomplete(&text) {
                let next = lines.next().ok_or("an incomplete command")?;
                write!(text, "\n{next}").unwrap();
            }
            commands.push(Command {
                text,
                output: String::new(),
            });
        } else {
            let command = commands.last_mut().ok_or("output before a command")?;
            writeln!(command.output, "{line}").unwrap();
        }
    }
    Ok(commands)
}

/// Whether the next line belongs to the command: after `\`, an operator or `do`, and in a here-document.
fn is_incomplete(text: &str) -> bool {
    if let Some((_, document)) = text.split_once("<<") {
        let end = document.lines().next().unwrap_or_default();
        let end = end.trim_matches(['\'', '"']);
        return !document.lines().skip(1).any(|line| line == end);
    }
    let opens = |text: &str| text.ends_with("; do") || text.contains("; do\n");
    ["\\", "|", "&&"].iter().any(|end| text.ends_with(end))
        || (opens(text) && !text.ends_with("\ndone"))
}

impl Part {
    /// The page's lines.
    pub(super) fn lines(&self) -> String {
        match self {
            Self::Text(lines)
            | Self::Cluster { lines, .. }
            | Self::Hidden { lines, .. }
            | Self::File { lines, .. } => lines.clone(),
            Self::Console(console) => {
                let commands = console.commands.iter();
                let commands = commands
                    .map(|Command { text, output }| format!("{PROMPT}{text}\n{output}"))
                    .collect::<String>();
                format!("{FENCE}console\n{commands}{FENCE}\n")
            }
        }
    }
}
