//! Values per address family, as both programs accept them on the command line.

use std::fmt::Display;
use std::str::FromStr;

use crate::cidr::{Cidr, Family};
use crate::pool::{BlockSize, Encapsulation, UnknownEncapsulation};
use crate::text::quoted;

/// A value for each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerFamily<T> {
    /// For IPv4.
    pub v4: Option<T>,
    /// For IPv6.
    pub v6: Option<T>,
}

impl<T> Default for PerFamily<T> {
    fn default() -> Self {
        Self { v4: None, v6: None }
    }
}

impl<T: Copy> PerFamily<T> {
    /// The value for a family.
    pub fn of(&self, family: Family) -> Option<T> {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }
}

impl<T> PerFamily<T> {
    fn slot(&mut self, family: Family) -> &mut Option<T> {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }
}

/// The value of `--encapsulation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encapsulations {
    /// A value without a family: for the families of the other flags, or else for both.
    pub bare: Option<Encapsulation>,
    /// Values with a family, as in `v6=VXLAN`.
    pub named: PerFamily<Encapsulation>,
}

/// Reads `--cidr`: `172.16.0.0/16,fd00:10::/56`.
pub fn cidrs(text: &str) -> Result<PerFamily<Cidr>, String> {
    per_family(text, "--cidr", Cidr::family)
}

/// Reads `--block-size`: `26,122`.
pub fn block_sizes(text: &str) -> Result<PerFamily<BlockSize>, String> {
    per_family(text, "--block-size", |size: &BlockSize| size.family())
}

/// Reads `--encapsulation`: `IPIP,v6=VXLAN`.
pub fn encapsulations(text: &str) -> Result<Encapsulations, String> {
    let mut found = Encapsulations::default();
    for part in text.split(',') {
        let (slot, name) = match part.split_once('=') {
            None => (&mut found.bare, part),
            Some((key, name)) => {
                let family = Family::BOTH
                    .into_iter()
                    .find(|family| family.key() == key)
                    .ok_or_else(|| format!("{} is not a family: use v4= or v6=", quoted(key)))?;
                (found.named.slot(family), name)
            }
        };
        let value: Encapsulation = name
            .parse()
            .map_err(|error: UnknownEncapsulation| error.to_string())?;
        if slot.replace(value).is_some() {
            return Err(format!(
                "two values for the same family: {} (use v4=… and v6=…)",
                quoted(part)
            ));
        }
    }
    Ok(found)
}

fn per_family<T: FromStr<Err: Display>>(
    text: &str,
    flag: &str,
    family_of: impl Fn(&T) -> Family,
) -> Result<PerFamily<T>, String> {
    let mut values = PerFamily::default();
    for part in text.split(',') {
        let value: T = part.parse().map_err(|error: T::Err| error.to_string())?;
        let family = family_of(&value);
        if values.slot(family).replace(value).is_some() {
            return Err(format!("{flag} accepts only one {family} value"));
        }
    }
    Ok(values)
}
