//! The type of a rule.

use crate::catalog::Entry;

use super::case::Case;
use super::details::Details;

/// A rule.
pub struct Rule {
    /// Its text. `--allow` takes its code.
    pub entry: Entry,
    /// What enforces it.
    pub enforcement: Enforcement,
    pub(super) check: fn(&Case) -> Vec<Details>,
}

/// What enforces a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// The schema of the CRD: the API server rejects the object immediately.
    ApiServer,
    /// The operator, minutes later, in a condition of a TigeraStatus.
    Operator,
    /// Nothing: the API server and the operator accept a value that nobody can undo.
    Unenforced,
    /// Nothing, and it works: a likely mistake. It never refuses anything.
    Advice,
    /// `helm-postrender` alone: the operator would apply the change, to pools that are in use.
    Safeguard,
}
