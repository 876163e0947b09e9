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
    /// The live pool of which this is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<String>,
    /// `cidr`
    #[cfg_attr(test, schemars(with = "Choice<String>"))]
    pub cidr: Choice<Cidr>,
    /// `blockSize`, a prefix length.
    pub block_size: Choice<u8>,
    /// What this and other sizes mean; empty where any would do, or none fits.
    #[cfg_attr(test, schemars(with = "Vec<super::values::sizes::Size>"))]
    pub block_sizes: Sizes,
    /// `encapsulation`, in the operator's spelling.
    #[cfg_attr(test, schemars(with = "Choice<String>"))]
    pub encapsulation: Choice<Encapsulation>,
    /// Other encapsulations that would work, and what each takes.
    pub alternatives: Vec<String>,
    /// What else is worth knowing of it.
    pub notes: Vec<String>,
}

/// The pool of a family, and what speaks against its values.
pub(super) fn pool(inputs: &Inputs, family: Family, findings: &mut Vec<Finding>) -> Pool {
    let cidr = cidr::choose(inputs, family);
    let block_size = block_size::choose(inputs, family, cidr.value());
    let encapsulation = encapsulation::choose(inputs, family, cidr.value());
    findings.extend(block_size.finding);
    findings.extend(encapsulation.findings);
    Pool {
        notes: notes::notes(inputs, cidr.value(), encapsulation.choice.value()),
        family,
        live: inputs.live(family).map(|pool| pool.name.clone()),
        cidr,
        block_size: block_size.choice,
        block_sizes: block_size.sizes,
        encapsulation: encapsulation.choice,
        alternatives: encapsulation.alternatives,
    }
}

impl Pool {
    /// The flags that settle what is open.
    pub fn open_flags(&self) -> impl Iterator<Item = &'static str> {
        let flags = [
            self.cidr.flag(),
            self.block_size.flag(),
            self.encapsulation.flag(),
        ];
        flags.into_iter().flatten()
    }

    /// Whether any value is not settled.
    pub fn has_open_values(&self) -> bool {
        self.open_flags().next().is_some()
    }
}
