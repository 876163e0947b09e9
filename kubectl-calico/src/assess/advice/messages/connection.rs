//! How a connection fails, in lower case, as Go writes it. Source: Go 1.23, net and net/http.

/// Nothing accepts it, or the node has no way to the address.
pub(super) const REFUSED: &[&str] = &[
    "connect: connection refused",
    "connect: no route to host",
    "connect: network is unreachable",
];

/// It is not established in time.
pub(super) const NOT_ESTABLISHED: &[&str] = &[
    "i/o timeout",
    "connection timed out",
    "while waiting for connection",
];

/// It is established, and what is to happen over it does not happen in time.
pub(super) const TOO_LATE: &[&str] = &["context deadline exceeded", "tls handshake timeout"];

/// A client has given up waiting for anything, even for the connection.
pub(super) const GIVEN_UP: &[&str] = &["client.timeout exceeded"];

/// The other end closes it.
pub(super) const CLOSED: &[&str] = &["connection reset by peer", ": eof"];
