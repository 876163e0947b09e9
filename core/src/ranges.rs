//! Sets of addresses or other numbers, as ranges.

use std::net::IpAddr;

use crate::cidr::{Cidr, Family};

/// A set of numbers: disjoint ranges in ascending order, each with its first and its last number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges(Vec<(u128, u128)>);

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// The first and the last address of a CIDR, as numbers.
pub fn bounds(cidr: &Cidr) -> (u128, u128) {
    let first = number(cidr.network().address());
    let host_bits = cidr.family().bits() - cidr.prefix();
    let size = 1_u128.checked_shl(host_bits.into()).unwrap_or_default();
    (first, first.wrapping_add(size).wrapping_sub(1))
}

/// An address of a network, by its number from the first; `None` beyond the family.
pub fn nth(cidr: &Cidr, ordinal: usize) -> Option<IpAddr> {
    let number = bounds(cidr).0.checked_add(u128::try_from(ordinal).ok()?)?;
    Some(match cidr.family() {
        Family::V4 => IpAddr::V4(u32::try_from(number).ok()?.into()),
        Family::V6 => IpAddr::V6(number.into()),
    })
}

impl Ranges {
    /// The union of ranges, each with its first and its last number.
    pub fn union(ranges: impl IntoIterator<Item = (u128, u128)>) -> Self {
        let mut ranges: Vec<_> = ranges
            .into_iter()
            .filter(|(first, last)| first <= last)
            .collect();
        ranges.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The part of the set that is between two numbers.
    pub fn between(&self, (low, high): (u128, u128)) -> Self {
        let parts = self.0.iter();
        Self::union(parts.map(|(first, last)| ((*first).max(low), (*last).min(high))))
    }

    /// The part of the set that is in another one.
    pub fn common(&self, other: &Self) -> Self {
        Self::union(other.0.iter().flat_map(|range| self.between(*range).0))
    }

    /// Whether a number is in the set.
    pub fn contains(&self, number: u128) -> bool {
        let after = self.0.partition_point(|(_, last)| *last < number);
        self.0.get(after).is_some_and(|(first, _)| *first <= number)
    }

    /// How many numbers it has; one less than that if it has all of them.
    pub fn count(&self) -> u128 {
        let sizes = self
            .0
            .iter()
            .map(|(first, last)| (last - first).saturating_add(1));
        sizes.fold(0, u128::saturating_add)
    }

    /// The ranges.
    pub fn iter(&self) -> impl Iterator<Item = (u128, u128)> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds_of(text: &str) -> (u128, u128) {
        bounds(&text.parse().unwrap())
    }

    #[test]
    fn the_bounds_of_a_cidr() {
        let first = 10 << 24;
        assert_eq!(bounds_of("10.0.0.9/30"), (first + 8, first + 11));
        assert_eq!(bounds_of("10.0.0.0/32"), (first, first));
        assert_eq!(bounds_of("0.0.0.0/0"), (0, u32::MAX.into()));
        assert_eq!(bounds_of("::/0"), (0, u128::MAX));
        assert_eq!(bounds_of("::ffff/128"), (0xffff, 0xffff));
    }

    #[test]
    fn neighbors_become_one_range() {
        let set = Ranges::union([(6, 9), (1, 2), (3, 4), (8, 12), (20, 19)]);
        assert_eq!(set, Ranges(vec![(1, 4), (6, 12)]));
        assert_eq!(set.count(), 11);
        assert!(set.contains(1) && set.contains(4) && set.contains(12));
        assert!(!set.contains(0) && !set.contains(5) && !set.contains(13));
        assert_eq!(set.between((4, 6)), Ranges(vec![(4, 4), (6, 6)]));
        let other = Ranges::union([(0, 1), (7, 30)]);
        assert_eq!(set.common(&other), Ranges(vec![(1, 1), (7, 12)]));
        assert_eq!(Ranges::union([(0, u128::MAX)]).count(), u128::MAX);
    }
}
