//! Where text goes in a document: columns, line ends, the places for new lines and new entries.
//! How it has to look there is [`crate::edit::style`]'s work.

use granit_parser::{ScalarStyle, StructureStyle};

use crate::edit::style::{New, Style};
use crate::find::located::Located;
use crate::find::obstacle::Obstacle;
use crate::find::pool_path::Path;
use crate::plan::request::Value;
use crate::read::text_edit::Edit;
use crate::read::tree::{Data, NodeId, Tree};

/// A document's text, its nodes and its style.
pub(crate) struct Layout<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) style: Style,
    text: &'a str,
}

/// A place for whole lines.
pub(crate) struct LinePlace {
    /// The byte.
    pub(crate) at: usize,
    starts_line: bool,
}

impl LinePlace {
    /// `lines` with the line end that they need here.
    pub(crate) fn wrap(&self, lines: &str, newline: &str) -> String {
        if self.starts_line {
            format!("{lines}{newline}")
        } else {
            format!("{newline}{lines}")
        }
    }
}

impl<'a> Layout<'a> {
    /// Reads the style of a document: of each habit, the first example.
    pub(crate) fn of(located: &'a Located) -> Self {
        let (text, tree) = (&*located.text, &*located.tree);
        let first_line = text.split_inclusive('\n').next().unwrap_or_default();
        let ends_in_crlf = first_line.ends_with("\r\n");
        let mut layout = Self {
            tree,
            text,
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

    /// The column, from 0, of a key's mapping or of any other node.
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

    /// The column of the dash before a list's item, if nothing but white space and the item's anchor
    /// is between them.
    pub(crate) fn dash_column(&self, item: NodeId) -> Option<usize> {
        let before = self.text.get(..self.tree.node(item).span.start)?;
        // A list's own first event may stand at its dash or behind it.
        let before = match self.tree.node(item).data {
            Data::Seq(_, StructureStyle::Block) => return None,
            _ => before.trim_end(),
        };
        let is_anchor = |c: char| !c.is_whitespace() && c != '&';
        let anchored = before.trim_end_matches(is_anchor).strip_suffix('&');
        let before = anchored.map_or(before, str::trim_end);
        let dash = before.strip_suffix('-')?;
        Some(self.column_at(dash.len()))
    }

    /// Whether a key stands in a flow mapping: keys of block ones carry their indentation.
    pub(crate) fn is_in_flow(&self, key: NodeId) -> bool {
        self.tree.node(key).indent.is_none()
    }

    /// The key of a node on `path`.
    pub(crate) fn key_of(&self, path: &Path, node: NodeId) -> Option<NodeId> {
        let mut entries = path.maps.iter().flat_map(|map| self.tree.entries(*map));
        entries
            .find(|(_, value)| *value == node)
            .map(|(key, _)| *key)
    }

    /// The byte behind the colon of `key`.
    pub(crate) fn after_colon(&self, key: NodeId, value: NodeId) -> Result<usize, Obstacle> {
        let end = self.tree.node(key).span.end;
        let rest = self.text.get(end..).unwrap_or_default();
        let spaces = rest.len() - rest.trim_start().len();
        if rest.trim_start().starts_with(':') {
            Ok(end + spaces + 1)
        } else {
            Err(self.unplaceable(value))
        }
    }

    /// The end of the line on which the last leaf of `node` ends.
    pub(crate) fn end_of_line_behind(&self, node: NodeId) -> Result<LinePlace, Obstacle> {
        let leaf = self.tree.node(self.tree.last_leaf(node));
        let end = leaf.span.end;
        let (content, style) = match &leaf.data {
            Data::Scalar(content, style) => (content.as_str(), *style),
            _ => ("", ScalarStyle::Plain),
        };
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let on_colon = leaf.span.is_empty() && self.text.get(end..end + 1) == Some(":");
            return self.end_of_line(end + usize::from(on_colon));
        }
        let before = self.text.get(..end).unwrap_or_default();
        if content.ends_with("\n\n") || content == "\n" {
            // Blank lines at the end are part of a scalar that keeps them: go behind them.
            let at = before.rfind('\n').map_or(end, |newline| newline + 1);
            return Ok(LinePlace {
                at,
                starts_line: true,
            });
        }
        self.end_of_line(before.trim_end().len())
    }

    /// The end of the line of byte `at`, behind which only a comment may stand.
    pub(crate) fn end_of_line(&self, at: usize) -> Result<LinePlace, Obstacle> {
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let behind = line.trim_start();
        if behind.is_empty() || behind.starts_with('#') {
            Ok(LinePlace {
                at: at + line.len(),
                starts_line: false,
            })
        } else {
            Err(Self::obstacle(at))
        }
    }

    /// Lines at the top of a block mapping, below the line of its key: a comment above the first
    /// key stays with that key.
    pub(crate) fn first_in(
        &self,
        parent_key: NodeId,
        map: NodeId,
        keys: Vec<(String, New)>,
    ) -> Option<Edit> {
        let first = *self.tree.block_keys(map).first()?;
        let colon = self.after_colon(parent_key, map).ok()?;
        let between = self.text.get(colon..self.tree.node(first).span.start)?;
        if !between.contains('\n') {
            return None;
        }
        let place = self.end_of_line(colon).ok()?;
        let lines = self.style.block_keys(&keys, self.column(first));
        Some(Edit::insert(
            place.at,
            place.wrap(&lines, self.style.newline),
        ))
    }

    /// A scalar in place of a block scalar: in its header's place, so that a comment behind that
    /// stays. The lines of its content go.
    pub(crate) fn replace_block_scalar(
        &self,
        key: NodeId,
        old: NodeId,
        value: &Value,
    ) -> Result<Vec<Edit>, Obstacle> {
        let colon = self.after_colon(key, old)?;
        let rest = self.text.get(colon..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let start = colon + line.len() - line.trim_start().len();
        let header = line.trim_start();
        if !header.starts_with(['|', '>']) {
            return Err(self.unplaceable(old));
        }
        let header = header.split([' ', '\t']).next().unwrap_or_default();
        let line_end = colon + line.len();
        let content = self.text.get(..self.tree.node(old).span.end);
        let content_end = content.unwrap_or_default().trim_end().len();
        let mut edits = vec![Edit {
            range: start..start + header.len(),
            text: self.style.scalar(value, ScalarStyle::Plain, false),
        }];
        if content_end > line_end {
            edits.push(Edit {
                range: line_end..content_end,
                text: String::new(),
            });
        }
        Ok(edits)
    }

    /// Keys for a flow mapping: behind the entry of `anchor`, or before the first one where a
    /// comment follows, which would otherwise end up behind the new keys.
    pub(crate) fn add_to_flow_map(
        &self,
        map: NodeId,
        anchor: Option<(NodeId, NodeId)>,
        new: &[(String, New)],
    ) -> Edit {
        let Some((key, value)) = anchor else {
            let at = self.tree.node(map).span.start + 1;
            return Edit::insert(at, self.style.flow_entries(new, ", "));
        };
        let first = self
            .tree
            .entries(map)
            .first()
            .map_or(key, |(first, _)| *first);
        let gap = format!(",{}", self.gap_before(first));
        let entries = self.style.flow_entries(new, &gap);
        let end = self.tree.node(value).span.end;
        let line = self
            .text
            .get(end..)
            .and_then(|rest| rest.split('\n').next());
        let comment_follows = line.is_none_or(|line| line.contains('#'));
        if self.tree.node(value).span.is_empty() || comment_follows {
            let at = self.tree.node(first).span.start;
            return Edit::insert(at, format!("{entries}{gap}"));
        }
        Edit::insert(end, format!("{gap}{entries}"))
    }

    /// Items at the end of a flow sequence.
    pub(crate) fn add_to_flow_list(
        &self,
        list: NodeId,
        last: Option<NodeId>,
        items: &[New],
    ) -> Edit {
        let (at, gap) = match last {
            Some(last) => (self.tree.node(last).span.end, self.gap_before(last)),
            None => (self.tree.node(list).span.start + 1, " ".to_owned()),
        };
        let items: Vec<String> = items.iter().map(|item| self.style.flow(item)).collect();
        let lead = last.map_or(String::new(), |_| format!(",{gap}"));
        Edit::insert(at, format!("{lead}{}", items.join(&format!(",{gap}"))))
    }

    /// What to put between a flow collection's entries: a new line where `entry` starts one.
    fn gap_before(&self, entry: NodeId) -> String {
        let before = self.text.get(..self.tree.node(entry).span.start);
        let line = before
            .unwrap_or_default()
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        if line.trim().is_empty() && line.len() < before.unwrap_or_default().len() {
            format!("{}{line}", self.style.newline)
        } else {
            " ".to_owned()
        }
    }

    /// The obstacle of a form that has no safe place for a new line.
    pub(crate) fn unplaceable(&self, node: NodeId) -> Obstacle {
        Self::obstacle(self.tree.node(node).span.start)
    }

    fn obstacle(at: usize) -> Obstacle {
        Obstacle {
            what: "there is no safe place to write the field here".to_owned(),
            at,
            why: "something other than a comment stands where a new line would start",
            fix: "write the pools in plain block style in what the chart renders",
        }
    }
}
