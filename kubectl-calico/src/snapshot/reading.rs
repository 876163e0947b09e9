//! The outcome of reading one kind of object.

use std::fmt;

use calico_core::text::printable;

/// The outcome of reading one kind of object.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading<T> {
    Read(T),
    /// It does not exist.
    Absent(Absence),
    /// It could not be read.
    Unknown(Unknown),
}

/// Why something does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The server does not serve the kind: its CRD is not installed.
    NotServed,
    /// The server has no object of that name.
    NotFound,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A permission is missing: the server's message.
    Forbidden(String),
    /// The request failed: what went wrong, in one line.
    Failed(String),
    /// The given files do not contain the kind.
    NotGiven,
    /// The snapshot was written by a version that did not keep a field, which these checks read.
    NotKept {
        field: &'static str,
        codes: &'static [&'static str],
    },
}

impl<T> Reading<T> {
    /// What was read; `None` if it does not exist or could not be read.
    pub fn read(&self) -> Option<&T> {
        match self {
            Self::Read(read) => Some(read),
            Self::Absent(_) | Self::Unknown(_) => None,
        }
    }

    /// Why it could not be read, if so.
    pub fn unknown(&self) -> Option<Unknown> {
        match self {
            Self::Unknown(why) => Some(why.clone()),
            Self::Read(_) | Self::Absent(_) => None,
        }
    }

    /// Why it could not be read, if it should have been: files need not contain it.
    pub fn failure(&self) -> Option<Unknown> {
        self.unknown().filter(Unknown::is_failure)
    }

    /// Whether the server does not serve its kind.
    pub fn is_not_served(&self) -> bool {
        matches!(self, Self::Absent(Absence::NotServed))
    }

    /// Whether it does not exist.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }
}

impl<T> Reading<Vec<T>> {
    /// The objects; none if they do not exist or could not be read.
    pub fn items(&self) -> &[T] {
        self.read().map(Vec::as_slice).unwrap_or_default()
    }
}

impl<T> Reading<T> {
    /// The object of a row that reads a single one.
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

impl Unknown {
    /// Whether reading failed, as opposed to files that do not contain the kind.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Forbidden(_) | Self::Failed(_))
    }
}

/// The user who lacks a permission, as the server's message names it: `pods is forbidden: User "jane" cannot
/// list resource "pods" in API group "" at the cluster scope`.
/// Source: kubernetes v1.34, staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go.
pub fn denied_user(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("User \"")?;
    let (user, _) = rest.split_once('"')?;
    (!user.is_empty()).then_some(user)
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(said) | Self::Failed(said) => f.write_str(&printable(said)),
            Self::NotGiven => f.write_str("not in the given files"),
            Self::NotKept { field, .. } => write!(
                f,
                "{field} is not in this snapshot, which an older version of kubectl-calico has written"
            ),
        }
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotServed => "the server does not have this resource type",
            Self::NotFound => "not found on the server",
        })
    }
}
