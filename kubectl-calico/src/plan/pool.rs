//! A pool that a cluster needs.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::Encapsulation;
use serde::Serialize;

use super::choice::Choice;
use super::inputs::Inputs;
use super::values::block_size;
use super::values::cidr;
use super::values::encapsulation;
use super::values::notes;
use super::values::sizes::Sizes;
use crate::assess::finding::Finding;

/// A pool that is needed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    /// IPv4 or IPv6.
    #[cfg_attr(test, schemars(with = "String"))]
    pub family: Family,
    /// The existing pool that this one is planned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<String>,
    /// `cidr`
    #[cfg_attr(test, schemars(with = "Choice<String>"))]
    pub cidr: Choice<Cidr>,
    /// `blockSize`, a prefix length.
    pub block_size: Choice<u8>,
    /// What this and similar block sizes mean; empty if any size works, or none fits.
    #[cfg_attr(test, schemars(with = "Vec<super::values::sizes::Size>"))]
    pub block_sizes: Sizes,
    /// `encapsulation`, in the operator's notation.
    #[cfg_attr(test, schemars(with = "Choice<String>"))]
    pub encapsulation: Choice<Encapsulation>,
    /// Other encapsulations that would work, each with what it requires.
    pub alternatives: Vec<String>,
    /// Remarks on the pool.
    pub notes: Vec<String>,
}

/// The pool of a family. Findings about its values are added to `findings`.
pub(super) fn pool(inputs: &Inputs, family: Family, findings: &mut Vec<Finding>) -> Pool {
    let cidr = cidr::choose(inputs, family);
    let block_size = block_size::choose(inputs, family, cidr.value());
    let encapsulation = encapsulation::choose(inputs, family, cidr.value());
    findings.extend(block_size.finding);
    findings.extend(encapsulation.findings);
    Pool {
        notes: notes::notes(inputs, cidr.value(), encapsulation.choice.value()),
        family,
        existing: inputs.existing(family).map(|pool| pool.name.clone()),
        cidr,
        block_size: block_size.choice,
        block_sizes: block_size.sizes,
        encapsulation: encapsulation.choice,
        alternatives: encapsulation.alternatives,
    }
}

impl Pool {
    /// The flags that set what could not be determined.
    pub fn missing_flags(&self) -> impl Iterator<Item = &'static str> {
        let flags = [
            self.cidr.flag(),
            self.block_size.flag(),
            self.encapsulation.flag(),
        ];
        flags.into_iter().flatten()
    }

    /// Whether a value could not be determined.
    pub fn is_undetermined(&self) -> bool {
        self.missing_flags().next().is_some()
    }
}
