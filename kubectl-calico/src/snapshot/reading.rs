//! What reading one kind of object came to.

use std::fmt;

use calico_core::text::printable;

/// A reading: what was read, or why there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading<T> {
    /// What was read.
    Read(T),
    /// It is not there, which is an answer.
    Absent(Absence),
    /// Nothing is known of it.
    Unknown(Unknown),
}

/// Why something is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The server does not serve the kind: its CRD is not installed.
    NotServed,
    /// The server has no object of that name.
    NotFound,
}

/// Why nothing is known of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A permission is missing; the resource's row tells which. What the server said of it.
    Forbidden(String),
    /// Reading it failed: what went wrong, in one line.
    Failed(String),
    /// The files that were given instead of a cluster do not hold the kind.
    NotGiven,
}

impl<T> Reading<T> {
    /// What was read, if it was.
    pub fn read(&self) -> Option<&T> {
        match self {
            Self::Read(read) => Some(read),
            Self::Absent(_) | Self::Unknown(_) => None,
        }
    }

    /// Why nothing is known of it, if that is so.
    pub fn unknown(&self) -> Option<Unknown> {
        match self {
            Self::Unknown(why) => Some(why.clone()),
            Self::Read(_) | Self::Absent(_) => None,
        }
    }

    /// Whether the server does not serve its kind.
    pub fn is_not_served(&self) -> bool {
        matches!(self, Self::Absent(Absence::NotServed))
    }

    /// Whether it is known not to be there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }
}

impl<T> Reading<Vec<T>> {
    /// The objects; none where they are absent or unknown.
    pub fn items(&self) -> &[T] {
        self.read().map(Vec::as_slice).unwrap_or_default()
    }
}

impl<T> Reading<T> {
    /// The one object of a reading of one.
    pub(super) fn only(reading: Reading<Vec<T>>) -> Self {
        match reading {
            Reading::Read(objects) => match objects.into_iter().next() {
                Some(object) => Self::Read(object),
                None => Self::Absent(Absence::NotFound),
            },
            Reading::Absent(absence) => Self::Absent(absence),
            Reading::Unknown(why) => Self::Unknown(why),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(said) | Self::Failed(said) => f.write_str(&printable(said)),
            Self::NotGiven => f.write_str("the files do not hold it"),
        }
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotServed => "the server does not serve this kind",
            Self::NotFound => "the server has no such object",
        })
    }
}
