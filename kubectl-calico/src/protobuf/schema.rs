//! The fields of messages, by number, with their names in JSON.

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What a field has.
#[derive(Debug)]
pub(super) enum Kind {
    Bool,
    Integer,
    Text,
    /// A text that programs wrote. In JSON, the API server replaces what is not UTF-8.
    Output,
    Quantity,
    Time,
    Object(&'static [Field]),
    List(&'static Kind),
    /// An object with any keys.
    Map(&'static Kind),
}

pub(super) const fn field(number: u64, name: &'static str, kind: Kind) -> Field {
    Field { number, name, kind }
}
