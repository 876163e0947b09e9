//! Where text can be inserted in a document: columns, line ends, and places for new lines. Its
//! appearance is decided in [`crate::edit::style`].

use granit_parser::{ScalarStyle, StructureStyle};

use crate::edit::style::Style;
use crate::find::installation::LocatedInstallation;
use crate::find::obstacle::Obstacle;
use crate::read::text_edit::Edit;
use crate::read::tree::{Data, NodeId, Tree};

/// A document's text, its nodes and its style.
pub(crate) struct Layout<'a> {
    pub(crate) text: &'a str,
    pub(crate) tree: &'a Tree,
    pub(crate) style: Style,
}

/// A place for whole lines.
pub(crate) struct LinePlace {
    at: usize,
    /// Whether it is at the start of a line, and not at the end of one.
    starts_line: bool,
}

impl<'a> Layout<'a> {
    /// Reads the style of a document from the first occurrence of each construct.
    pub(crate) fn of(located: &'a LocatedInstallation) -> Self {
        let (text, tree) = (&*located.text, &*located.tree);
        let first_line = text.split_inclusive('\n').next().unwrap_or_default();
        let ends_in_crlf = first_line.ends_with("\r\n");
        let mut layout = Self {
            text,
            tree,
            style: Style {
                newline: if ends_in_crlf { "\r\n" } else { "\n" },
                is_json: located.is_json,
                map_step: 2,
                list_step: 0,
            },
        };
        if let Some(step) = layout.map_step() {
            layout.style.map_step = step;
        }
        if let Some(step) = layout.list_step() {
            layout.style.list_step = step;
        }
        layout
    }

    fn map_step(&self) -> Option<usize> {
        self.tree.block_entries().find_map(|(key, value)| {
            let first = *self.tree.block_keys(value).first()?;
            let step = self.column(first).checked_sub(self.column(key))?;
            (step > 0).then_some(step)
        })
    }

    fn list_step(&self) -> Option<usize> {
        self.tree.block_entries().find_map(|(key, value)| {
            let first = *self.tree.block_items(value).first()?;
            self.dash_column(first)?.checked_sub(self.column(key))
        })
    }

    /// The column, from 0: of a key that of its mapping, of any other node its own.
    pub(crate) fn column(&self, node: NodeId) -> usize {
        let node = self.tree.node(node);
        node.indent
            .unwrap_or_else(|| self.column_at(node.span.start))
    }

    fn column_at(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        line.chars().count()
    }

    /// The column of the dash before a list item, if only white space and the item's anchor are
    /// between them.
    pub(crate) fn dash_column(&self, item: NodeId) -> Option<usize> {
        let node = self.tree.node(item);
        if matches!(node.data, Data::Seq(_, StructureStyle::Block)) {
            // The first event of a list is at its own dash or after it.
            return None;
        }
        let before = self.text.get(..node.span.start)?.trim_end();
        let before_anchor = before
            .trim_end_matches(|c: char| !c.is_whitespace() && c != '&')
            .strip_suffix('&')
            .map_or(before, str::trim_end);
        let before_dash = before_anchor.strip_suffix('-')?;
        Some(self.column_at(before_dash.len()))
    }

    /// Whether a key is in a flow mapping: only keys of block mappings have an indentation.
    pub(crate) fn is_in_flow(&self, key: NodeId) -> bool {
        self.tree.node(key).indent.is_none()
    }

    /// The byte after the colon of `key`.
    pub(crate) fn after_colon(&self, key: NodeId, value: NodeId) -> Result<usize, Obstacle> {
        let end = self.tree.node(key).span.end;
        let rest = self.text.get(end..).unwrap_or_default();
        let trimmed = rest.trim_start();
        if trimmed.starts_with(':') {
            Ok(end + rest.len() - trimmed.len() + 1)
        } else {
            Err(self.no_place(value))
        }
    }

    /// The end of the line on which the last leaf of `node` ends.
    pub(crate) fn line_after(&self, node: NodeId) -> Result<LinePlace, Obstacle> {
        let leaf = self.tree.node(self.tree.last_leaf(node));
        let end = leaf.span.end;
        let Data::Scalar(content, ScalarStyle::Literal | ScalarStyle::Folded) = &leaf.data else {
            let is_before_colon = leaf.span.is_empty() && self.text.get(end..end + 1) == Some(":");
            return self.line_end(end + usize::from(is_before_colon));
        };
        let before = self.text.get(..end).unwrap_or_default();
        if content.ends_with("\n\n") || content == "\n" {
            // Blank lines at the end belong to a scalar that keeps them: write after them.
            return Ok(LinePlace {
                at: before.rfind('\n').map_or(end, |newline| newline + 1),
                starts_line: true,
            });
        }
        self.line_end(before.trim_end().len())
    }

    /// The end of the line of byte `at`, if nothing but a comment follows on it.
    pub(crate) fn line_end(&self, at: usize) -> Result<LinePlace, Obstacle> {
        let rest = self.rest_of_line(at);
        let follows = rest.trim_start();
        if follows.is_empty() || follows.starts_with('#') {
            Ok(LinePlace {
                at: at + rest.len(),
                starts_line: false,
            })
        } else {
            Err(no_place(at))
        }
    }

    /// The text from byte `at` to the end of its line.
    pub(crate) fn rest_of_line(&self, at: usize) -> &'a str {
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Inserts whole lines.
    pub(crate) fn insert_lines(&self, place: &LinePlace, lines: &str) -> Edit {
        let newline = self.style.newline;
        let text = if place.starts_line {
            format!("{lines}{newline}")
        } else {
            format!("{newline}{lines}")
        };
        Edit::insert(place.at, text)
    }

    /// The obstacle of a node next to which there is no safe place for a new line.
    pub(crate) fn no_place(&self, node: NodeId) -> Obstacle {
        no_place(self.tree.node(node).span.start)
    }
}

fn no_place(at: usize) -> Obstacle {
    Obstacle {
        what: "there is no safe place to insert the field here".to_owned(),
        at,
        why: "something other than a comment follows where a new line would start",
        fix: "write the pools in plain block style in what the chart renders",
    }
}
