//! What watches report.

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The credentials are there: the server is asked next.
    Connected,
    /// Every row has been listed, or could not be: what changes from now on is noticed.
    Ready,
    /// An object has changed, or may have while no watch was open.
    Something,
    /// The user may not watch a kind: its plural. It is not tried again.
    NotAllowed(&'static str),
}

/// Why watching has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nobody listens anymore, or nothing may be watched.
    Unheard,
    /// The server no longer accepts the credentials (401).
    Expired,
}
