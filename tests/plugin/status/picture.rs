//! The picture in README.md: a screen of `kubectl calico status` as a terminal shows it, in SVG.
//!
//! It has a background of its own, so that it looks the same on a light and on a dark page.

use std::fmt::Write as _;
use std::fs;

use calico_test_support::clusters::manifest;
use calico_test_support::outcome::Outcome;
use calico_test_support::repository;

use super::case::cases;
use crate::run::plugin;

/// Helm has removed the pool from the Installation, and the operator is scaled to zero.
const CASE: &str = "CAL208/fails-before-the-operator-is-started-again";

/// The lines that are shown: up to the first step of the first fix.
const LINES: usize = 33;

const COLUMNS: u32 = 82;
/// In pixels. Every word is stretched to whole columns, whatever the font.
const COLUMN: f32 = 8.4;
const LINE: f32 = 19.0;
const MARGIN: f32 = 16.0;

const STYLE: &str = "\
    rect { fill: #161b22 }\n\
    text { fill: #d7dde4; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }\n\
    .b { font-weight: 700 }\n\
    .p { fill: #8b949e }\n\
    .c31 { fill: #ff7b72 }\n\
    .c32 { fill: #56d364 }\n\
    .c33 { fill: #e3b341 }\n\
    .c36 { fill: #76e3ea }\n";

#[test]
fn the_picture_in_the_readme_is_up_to_date() {
    let file = repository().join("docs/status.svg");
    let picture = svg("kubectl calico status", &screen());
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&file, &picture).unwrap();
    }
    assert!(
        fs::read_to_string(&file).unwrap_or_default() == picture,
        "docs/status.svg is out of date: UPDATE_CASES=1 cargo test --test plugin picture"
    );
}

/// The report on a cluster named prod, in color.
fn screen() -> String {
    let case = cases().iter().find(|case| case.folder.ends_with(CASE));
    let folder = tempfile::tempdir().unwrap();
    let objects = manifest(&case.unwrap().objects);
    fs::write(folder.path().join("prod.yaml"), objects).unwrap();
    let output = plugin()
        .current_dir(folder.path())
        .args(["status", "-f", "prod.yaml", "--color", "always"])
        .output()
        .unwrap();
    Outcome::of(&output).stdout
}

fn svg(command: &str, screen: &str) -> String {
    let lines: Vec<&str> = screen.lines().take(LINES).collect();
    let width = COLUMN.mul_add(f32::from(u16::try_from(COLUMNS).unwrap()), 2.0 * MARGIN);
    let rows = u16::try_from(lines.len() + 3).unwrap();
    let height = LINE.mul_add(f32::from(rows), 2.0 * MARGIN);
    let alt = plain(lines.first().unwrap());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" rx=\"8\"/>\n",
        escaped(&format!("{command}: {alt}"))
    );
    let prompt = format!("\x1b[90m$ \x1b[0m{command}");
    let all = [prompt.as_str(), ""].into_iter().chain(lines);
    for (row, line) in all.chain(["\x1b[90m…\x1b[0m"]).enumerate() {
        let y = LINE.mul_add(f32::from(u16::try_from(row).unwrap()) + 0.75, MARGIN);
        for span in spans(line) {
            let x = COLUMN.mul_add(f32::from(span.column), MARGIN);
            let length = COLUMN * f32::from(u16::try_from(span.text.chars().count()).unwrap());
            let class = span.class();
            writeln!(
                svg,
                "<text{class} x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\">{}</text>",
                escaped(&span.text)
            )
            .unwrap();
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Text in one style, without spaces around it.
struct Span {
    column: u16,
    text: String,
    bold: bool,
    color: Option<u8>,
}

impl Span {
    fn class(&self) -> String {
        let mut names = Vec::new();
        if self.bold {
            names.push("b".to_owned());
        }
        match self.color {
            Some(90) => names.push("p".to_owned()),
            Some(color) => names.push(format!("c{color}")),
            None => {}
        }
        if names.is_empty() {
            return String::new();
        }
        format!(" class=\"{}\"", names.join(" "))
    }
}

/// The spans of a line with the escape sequences that the report has: bold, a color, neither.
fn spans(line: &str) -> Vec<Span> {
    let (mut column, mut bold, mut color) = (0, false, None);
    let mut spans = Vec::new();
    for part in line.split('\x1b') {
        let text = match part.strip_prefix('[').and_then(|rest| rest.split_once('m')) {
            Some((codes, text)) => {
                for code in codes.split(';') {
                    match code.parse().unwrap_or(0) {
                        0 => (bold, color) = (false, None),
                        1 => bold = true,
                        code => color = Some(code),
                    }
                }
                text
            }
            None => part,
        };
        let before = u16::try_from(text.chars().take_while(|c| *c == ' ').count()).unwrap();
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            spans.push(Span {
                column: column + before,
                text: trimmed.to_owned(),
                bold,
                color,
            });
        }
        column += u16::try_from(text.chars().count()).unwrap();
    }
    spans
}

fn plain(line: &str) -> String {
    let texts: Vec<String> = spans(line).into_iter().map(|span| span.text).collect();
    texts.join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[test]
fn the_text_of_a_picture_is_escaped() {
    let svg = svg("a", "\x1b[31m<b> & 'c'\x1b[0m");
    assert!(svg.contains(">&lt;b&gt; &amp; 'c'</text>"), "{svg}");
}
