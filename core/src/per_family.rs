//! Values for each address family, as both programs take them on their command lines.

use crate::cidr::{Cidr, Family};
use crate::pool::{BlockSize, Encapsulation};
use crate::text::quoted;

/// A value for either family, or for both.
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

/// What `--encapsulation` says: for each family, and for those that it does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encapsulations {
    /// For the families that other flags name, or else for all.
    pub bare: Option<Encapsulation>,
    /// For each family.
    pub named: PerFamily<Encapsulation>,
}

/// Reads `--cidr`: `172.16.0.0/16,fd00:10::/56`.
pub fn cidrs(text: &str) -> Result<PerFamily<Cidr>, String> {
    let parse = |part: &str| part.parse::<Cidr>().map_err(|error| error.to_string());
    per_family(text, "--cidr", parse, Cidr::family)
}

/// Reads `--block-size`: `26,122`.
pub fn block_sizes(text: &str) -> Result<PerFamily<BlockSize>, String> {
    let parse = |part: &str| part.parse::<BlockSize>().map_err(|error| error.to_string());
    per_family(text, "--block-size", parse, |size| size.family())
}

/// Reads `--encapsulation`: `IPIP,v6=VXLAN`.
pub fn encapsulations(text: &str) -> Result<Encapsulations, String> {
    let mut found = Encapsulations::default();
    for part in text.split(',') {
        let (slot, name) = match part.split_once('=') {
            None => (&mut found.bare, part),
            Some((key, name)) => {
                let mut families = Family::BOTH.into_iter();
                let family = families
                    .find(|family| family.key() == key)
                    .ok_or_else(|| format!("{} is not a family: write v4= or v6=", quoted(key)))?;
                (found.named.slot(family), name)
            }
        };
        let value = name
            .parse::<Encapsulation>()
            .map_err(|error| error.to_string())?;
        if slot.replace(value).is_some() {
            return Err(format!(
                "two values are for the same family at {}: write v4=… or v6=… for each",
                quoted(part)
            ));
        }
    }
    Ok(found)
}

fn per_family<T>(
    text: &str,
    flag: &str,
    parse: impl Fn(&str) -> Result<T, String>,
    family: impl Fn(&T) -> Family,
) -> Result<PerFamily<T>, String> {
    let mut values = PerFamily::default();
    for part in text.split(',') {
        let value = parse(part)?;
        let family = family(&value);
        if values.slot(family).replace(value).is_some() {
            return Err(format!(
                "{flag} takes one value for {family}, and this is a second one"
            ));
        }
    }
    Ok(values)
}
