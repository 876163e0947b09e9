//! The blocks of Calico's IPAM, and the addresses in them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use calico_core::capacity::addresses;
use calico_core::cidr::{Cidr, Family};
use calico_core::ranges::{Ranges, bounds, nth};

use crate::phrases::few;
use crate::snapshot::{Attribute, IpamBlock, ObjectRef, Snapshot};

/// A block whose CIDR can be parsed.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    /// Its CIDR.
    pub cidr: Cidr,
    /// The node that it is for; `None` for a block without a node, or for Services.
    pub node: Option<&'a str>,
    block: &'a IpamBlock,
}

/// An address that is assigned.
pub struct Assigned<'a> {
    /// The address.
    pub address: IpAddr,
    /// Whose it is, if the block says so.
    pub attribute: Option<&'a Attribute>,
}

/// The blocks of a snapshot, in their order. One that Calico has marked as deleted counts, as it does for
/// calicoctl, and to a node that looks for a free block.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (`GetUtilization`).
pub fn blocks(snapshot: &Snapshot) -> Vec<Block<'_>> {
    let blocks = snapshot.ipam_blocks.items().iter();
    blocks.filter_map(Block::of).collect()
}

/// The sizes of the blocks that overlap a network: Calico's API accepts no new pool there with blocks of another
/// size.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go (`Create`).
pub fn block_sizes(snapshot: &Snapshot, network: &Cidr) -> BTreeSet<u8> {
    let blocks = blocks(snapshot).into_iter();
    let inside = blocks.filter(|block| block.cidr.overlaps(network));
    inside.map(|block| block.cidr.prefix()).collect()
}

impl<'a> Block<'a> {
    fn of(block: &'a IpamBlock) -> Option<Self> {
        let affinity = block.spec.affinity.as_deref();
        Some(Self {
            cidr: block.spec.cidr.parse().ok()?,
            node: affinity.and_then(|text| text.strip_prefix("host:")),
            block,
        })
    }

    /// The number of addresses in use, as calicoctl counts them.
    pub fn in_use(&self) -> u128 {
        let free = u128::try_from(self.block.spec.unallocated.len()).unwrap_or(u128::MAX);
        addresses(&self.cidr).saturating_sub(free)
    }

    /// The addresses that are assigned.
    pub fn assigned(&self) -> impl Iterator<Item = Assigned<'a>> {
        let spec = &self.block.spec;
        let cidr = self.cidr;
        let taken = spec.allocations.iter().enumerate();
        taken.filter_map(move |(ordinal, index)| {
            Some(Assigned {
                address: nth(&cidr, ordinal)?,
                attribute: index.and_then(|index| spec.attributes.get(index.into())),
            })
            .filter(|_| index.is_some())
        })
    }

    /// Whether an address is one of the block's, and assigned.
    pub fn assigns(&self, address: IpAddr) -> bool {
        self.cidr.holds(address) && self.assigned().any(|one| one.address == address)
    }

    /// Whether nothing is assigned, except what a Windows node needs itself.
    /// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam_block.go (`empty`).
    pub fn is_empty(&self) -> bool {
        self.in_use() == 0 || {
            let mut assigned = self.assigned().peekable();
            assigned.peek().is_some() && assigned.all(|one| one.is_reserved_by_windows())
        }
    }

    /// The number of free addresses that are not among these.
    pub fn free_outside(&self, ranges: &Ranges) -> u128 {
        let free = u128::try_from(self.block.spec.unallocated.len()).unwrap_or(u128::MAX);
        free.saturating_sub(self.free_in(ranges))
    }

    /// The number of free addresses among these.
    pub fn free_in(&self, ranges: &Ranges) -> u128 {
        let (first, _) = bounds(&self.cidr);
        let free = self.block.spec.unallocated.iter();
        let among =
            free.filter(|ordinal| ranges.contains(first.saturating_add(u128::from(**ordinal))));
        u128::try_from(among.count()).unwrap_or(u128::MAX)
    }

    /// Whether every address is among these.
    pub fn is_within(&self, ranges: &Ranges) -> bool {
        ranges.between(bounds(&self.cidr)).count() == addresses(&self.cidr)
    }
}

impl Assigned<'_> {
    /// Whether a pod or a virtual machine has the address.
    pub fn is_of_pod(&self) -> bool {
        let owner = self.attribute.map(|found| &found.secondary);
        owner.is_some_and(|owner| owner.pod.is_some() || owner.virtual_machine.is_some())
    }

    /// Whether a Windows node needs the address itself. Such addresses are released with their block.
    pub fn is_reserved_by_windows(&self) -> bool {
        const NOTE: &str = "windows host rsvd";
        let note = self
            .attribute
            .and_then(|found| found.secondary.note.as_deref());
        note == Some(NOTE)
    }
}

/// The addresses of a family that IPReservations exclude.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go (`getReservedIPs`).
pub fn reserved(snapshot: &Snapshot, family: Family) -> Ranges {
    let reservations = snapshot.ip_reservations.items().iter();
    let texts = reservations.flat_map(|reservation| &reservation.spec.reserved_cidrs);
    let cidrs = texts.filter_map(|text| reserved_cidr(text));
    Ranges::union(
        cidrs
            .filter(|cidr| cidr.family() == family)
            .map(|cidr| bounds(&cidr)),
    )
}

/// The number of addresses of a network that no IPReservation excludes.
pub fn not_reserved(snapshot: &Snapshot, network: &Cidr) -> u128 {
    let reserved = reserved(snapshot, network.family()).between(bounds(network));
    addresses(network).saturating_sub(reserved.count())
}

/// The IPReservations that exclude addresses of any of these networks, and their CIDRs that do.
pub fn reservations(
    snapshot: &Snapshot,
    networks: &[Cidr],
) -> impl Iterator<Item = (ObjectRef, String)> {
    let reservations = snapshot.ip_reservations.items().iter();
    reservations.filter_map(move |reservation| {
        let cidrs = reservation.spec.reserved_cidrs.iter();
        let inside = cidrs.filter(|text| {
            let excluded = reserved_cidr(text);
            excluded.is_some_and(|cidr| networks.iter().any(|it| it.overlaps(&cidr)))
        });
        let inside: Vec<&str> = inside.map(String::as_str).collect();
        let object = ObjectRef::of("IPReservation", &reservation.metadata);
        (!inside.is_empty()).then(|| (object, few(&inside)))
    })
}

/// A CIDR or a single address.
fn reserved_cidr(text: &str) -> Option<Cidr> {
    let text = text.trim();
    let address = || text.parse().ok().map(Cidr::of_address);
    text.parse::<Cidr>().ok().or_else(address)
}
