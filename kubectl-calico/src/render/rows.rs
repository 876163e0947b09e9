//! Labeled facts: what every format that people read shows of a cluster.

/// The rows, in order.
#[derive(Default)]
pub(super) struct Rows(Vec<Row>);

/// A label and a text of one or more lines.
pub(super) struct Row {
    /// The label; empty if the text continues the row above.
    pub(super) label: &'static str,
    pub(super) text: String,
    /// Whether it need not have a row of its own while it is unknown.
    pub(super) is_fact: bool,
}

impl Rows {
    /// Adds a row. A text without a line is left out.
    pub(super) fn row(&mut self, label: &'static str, text: &str) {
        self.add(label, text, false);
    }

    /// Adds a row for something that may be unknown.
    pub(super) fn fact(&mut self, label: &'static str, text: &str) {
        self.add(label, text, true);
    }

    fn add(&mut self, label: &'static str, text: &str, is_fact: bool) {
        if !text.is_empty() {
            self.0.push(Row {
                label,
                text: text.to_owned(),
                is_fact,
            });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.0.iter()
    }
}
