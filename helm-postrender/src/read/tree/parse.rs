//! From text to a [`Tree`], by the parser's events.

use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScanError};

use super::{Data, Node, NodeId, Tree, TreeError};

impl Tree {
    /// Parses `text`, which must be one document or none.
    pub(crate) fn parse(text: &str) -> Result<Self, TreeError> {
        let options: Options = granit_parser::options! {
            // As libyaml, and so Go's readers, do.
            block_scalar_eof_without_line_feed: true,
            // The parser buffers a limited number of comments, and valid YAML may have more of them
            // in a row. Another crate of a build can turn the feature on.
            emit_comments: false,
        };
        let mut builder = Builder::default();
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| syntax(text, &error))?;
            let start = span.start.byte_offset().unwrap_or_default();
            let end = span.end.byte_offset().unwrap_or_default();
            if matches!(event, Event::DocumentStart(..)) {
                documents += 1;
                if documents > 1 {
                    return Err(TreeError::SecondDocument(start));
                }
            }
            let tag_start = span.tag_start().and_then(|tag| tag.byte_offset());
            let marks = Marks {
                span: start..end,
                tag: event.tag().map(|_| tag_start.unwrap_or(start)),
                indent: span.indent,
            };
            builder.handle(event, marks);
        }
        Ok(builder.tree)
    }
}

fn syntax(text: &str, error: &ScanError) -> TreeError {
    let index = error.marker().index();
    let offset = text
        .char_indices()
        .nth(index)
        .map_or(text.len(), |(at, _)| at);
    TreeError::Syntax(error.info().clone(), offset)
}

/// Builds nodes from a parser's events.
#[derive(Default)]
struct Builder {
    tree: Tree,
    open: Vec<Open>,
}

/// A collection that has not ended, and the key whose value comes next.
struct Open {
    id: NodeId,
    key: Option<NodeId>,
}

/// The place of a node, as the parser reports it.
struct Marks {
    span: Range<usize>,
    tag: Option<usize>,
    indent: Option<usize>,
}

impl Builder {
    fn handle(&mut self, event: Event, marks: Marks) {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.add(Data::Scalar(text.into_owned(), style), marks, anchor);
            }
            Event::Alias(anchor) => {
                self.tree.referenced.push(anchor);
                self.add(Data::Alias(anchor), marks, 0);
            }
            Event::MappingStart(style, anchor, _) => {
                let id = self.add(Data::Map(Vec::new(), style), marks, anchor);
                self.open.push(Open { id, key: None });
            }
            Event::SequenceStart(style, anchor, _) => {
                let id = self.add(Data::Seq(Vec::new(), style), marks, anchor);
                self.open.push(Open { id, key: None });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let ended = self.open.pop();
                // The end event of a flow collection spans its closing bracket, that of a block
                // collection nothing.
                if let Some(node) = ended.and_then(|open| self.tree.nodes.get_mut(open.id.0))
                    && !marks.span.is_empty()
                {
                    node.span.end = marks.span.end;
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, data: Data, marks: Marks, anchor: usize) -> NodeId {
        let id = NodeId(self.tree.nodes.len());
        self.tree.nodes.push(Node {
            span: marks.span,
            data,
            tag: marks.tag,
            indent: marks.indent,
            anchor,
        });
        if anchor != 0 {
            self.tree.anchors.insert(anchor, id);
        }
        match self.open.last_mut() {
            None => self.tree.root = Some(id),
            Some(open) => match self
                .tree
                .nodes
                .get_mut(open.id.0)
                .map(|node| &mut node.data)
            {
                Some(Data::Map(entries, _)) => match open.key.take() {
                    None => open.key = Some(id),
                    Some(key) => entries.push((key, id)),
                },
                Some(Data::Seq(items, _)) => items.push(id),
                _ => {}
            },
        }
        id
    }
}
