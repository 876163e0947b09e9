//! Versions of the operator, and the Calico that each installs.

use std::fmt;
use std::str::FromStr;

use crate::text::quoted;

/// A version of tigera/operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorVersion {
    /// 1 in every release so far.
    pub major: u32,
    /// Even in releases that ship with Calico 3.26 to 3.32.
    pub minor: u32,
    /// The patch level; 0 when only `v1.42` was given.
    pub patch: u32,
}

impl OperatorVersion {
    /// The newest release, that of Calico 3.32.1. It is assumed if nothing reports a version.
    pub const NEWEST: Self = Self::new(1, 42, 3);

    /// The newest version whose rules are known here: the branch release-v1.44 of tigera/operator.
    /// Later versions are assumed to have the same rules.
    pub const NEWEST_KNOWN: Self = Self::new(1, 44, 0);

    /// The oldest version whose rules are known here, that of Calico 3.26.0.
    pub const OLDEST: Self = Self::new(1, 30, 0);

    /// `major.minor.patch`
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Whether it is release `1.minor` or later.
    pub fn since(self, minor: u32) -> bool {
        (self.major, self.minor) >= (1, minor)
    }

    /// The first operator that installs Calico 3.`minor`, the inverse of [`Self::calico`].
    pub fn that_installs(minor: u32) -> Option<Self> {
        let operator = match minor {
            ..24 => return None,
            24 => 28,
            25 => 29,
            _ => minor.checked_sub(11)?.checked_mul(2)?,
        };
        Some(Self::new(1, operator, 0))
    }

    /// The Calico version that this operator installs, such as `3.32`. It is known for even operator
    /// minors from 1.30 to 1.42, where the Calico minor is half the operator's plus eleven, and for those before it
    /// from Calico 3.21.
    /// Source: the image line of manifests/tigera-operator.yaml in projectcalico/calico 3.24 to 3.32;
    /// calico/_data/versions.yml of 3.21 to 3.23.
    pub fn calico(self) -> Option<String> {
        let minor = match (self.major, self.minor) {
            (1, 23) => 21,
            (1, 25) => 22,
            (1, 27) => 23,
            (1, 28) => 24,
            (1, 29) => 25,
            (1, minor @ 30..=42) if minor.is_multiple_of(2) => minor / 2 + 11,
            _ => return None,
        };
        Some(format!("3.{minor}"))
    }
}

impl fmt::Display for OperatorVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A string that does not start with a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not an operator version: write it like v1.42.3", quoted(.0))]
pub struct OperatorVersionError(pub String);

impl FromStr for OperatorVersion {
    type Err = OperatorVersionError;

    /// `v1.42.3`, `1.42`, and image tags with a suffix (`v1.42.3-amd64`).
    fn from_str(text: &str) -> Result<Self, OperatorVersionError> {
        let error = || OperatorVersionError(text.to_owned());
        let bare = text.strip_prefix('v').unwrap_or(text);
        let end = bare
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(bare.len());
        let (numbers, rest) = bare.split_at(end);
        if !(rest.is_empty() || rest.starts_with(['-', '+'])) {
            return Err(error());
        }
        let mut parts = numbers.split('.').map(str::parse::<u32>);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor)), None, None) => Ok(Self::new(major, minor, 0)),
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => {
                Ok(Self::new(major, minor, patch))
            }
            _ => Err(error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_image_tags() {
        for (text, version) in [
            ("v1.42.3", OperatorVersion::new(1, 42, 3)),
            ("1.42", OperatorVersion::new(1, 42, 0)),
            ("v1.38.13-arm64", OperatorVersion::new(1, 38, 13)),
            ("v1.43.0-0.dev-12-gabc", OperatorVersion::new(1, 43, 0)),
        ] {
            assert_eq!(text.parse(), Ok(version), "{text}");
        }
        for text in [
            "",
            "v",
            "latest",
            "master",
            "1",
            "1.x",
            "1.2.3.4",
            "v1.42.3foo",
            "1..2",
        ] {
            assert!(text.parse::<OperatorVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_calico_that_it_installs() {
        let calico = |text: &str| text.parse::<OperatorVersion>().unwrap().calico();
        assert_eq!(calico("v1.30.4").as_deref(), Some("3.26"));
        assert_eq!(calico("v1.42.3").as_deref(), Some("3.32"));
        assert_eq!(calico("v1.28.5").as_deref(), Some("3.24"));
        assert_eq!(calico("v1.29.3").as_deref(), Some("3.25"));
        let installs = OperatorVersion::that_installs;
        assert_eq!(installs(28), Some(OperatorVersion::new(1, 34, 0)));
        assert_eq!(installs(24), Some(OperatorVersion::new(1, 28, 0)));
        assert_eq!(installs(10), None);
        assert_eq!(calico("v1.43.0"), None);
        assert_eq!(calico("v1.27.16").as_deref(), Some("3.23"));
        assert_eq!(calico("v1.20.0"), None);
    }
}
