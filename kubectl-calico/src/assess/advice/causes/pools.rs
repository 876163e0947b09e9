//! Messages about pools.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/ippool; projectcalico/calico
//! v3.32.1, libcalico-go/lib/clientv3/ippool.go, for what Calico's API server rejects.

use super::commands::{check_ipam, edit_installation, pool_cidrs, strict_affinity};
use super::installation::REJECTED;
use super::known_cause::KnownCause;
use crate::assess::checks::drift::POOLS_DIFFER;
use crate::assess::checks::overlapping_pools::OVERLAPS_POOL;
use crate::assess::checks::pool_cidr::{NOT_CANONICAL, UNREADABLE};
use crate::assess::checks::windows_affinity::NO_STRICT_AFFINITY;

/// The Installation and an existing pool differ in a way that the operator cannot resolve.
const DIFFERS: KnownCause = KnownCause {
    written_by: (34, None),
    in_installation: true,
    explained_by: &[&POOLS_DIFFER],
    paste: edit_installation,
    ..KnownCause::USUAL
};

/// Whether the pool that overlaps has the CIDR of the new one: `'10.244.0.0/16' (IPPool(a) CIDR overlaps with IPPool(b)
/// CIDR 10.244.0.0/16)`. The operator creates a pool that exists only under another name.
fn has_equal_cidrs(message: &str) -> bool {
    let Some((before, after)) = message.split_once("cidr overlaps with ippool(") else {
        return false;
    };
    let Some((_, existing)) = after.split_once(") cidr ") else {
        return false;
    };
    let is_of_cidr = |c: char| c.is_ascii_hexdigit() || ".:/".contains(c);
    let end = existing.find(|c| !is_of_cidr(c)).unwrap_or(existing.len());
    let cidr = existing
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['.', ':']);
    let written = ['\'', '"'].map(|quote| format!("{quote}{cidr}{quote}"));
    !cidr.is_empty() && written.iter().any(|written| before.contains(written))
}

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["not strictly masked"],
        written_by: (34, None),
        means: "an existing pool's CIDR has host bits set, so it can be neither changed nor \
                deleted through Calico's API",
        fix: "replace that pool in crd.projectcalico.org with one that has the canonical CIDR, as \
              described in projectcalico/calico#11311, and write the same CIDR in the \
              Installation",
        explained_by: &[&NOT_CANONICAL],
        paste: pool_cidrs,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["error querying installation", "failed to parse cidr"],
        written_by: (34, None),
        means: "an existing pool has a CIDR that cannot be parsed, and the operator stops at it, whoever created it",
        fix: "delete that pool directly in the datastore, because Calico's API refuses to",
        explained_by: &[&UNREADABLE],
        paste: pool_cidrs,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["conflicts with existing allocations"],
        written_by: (34, None),
        means: "blocks of an earlier pool, with another block size, are left in the new pool's \
                CIDR",
        fix: "find out what still uses the earlier pool's addresses, and release the leaked ones",
        paste: check_ipam,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["ippool", "cidr overlaps with ippool(", "cidr"],
        is_meant: has_equal_cidrs,
        means: "the Installation gives an existing pool another name, so that the operator tries to create it a second \
                time",
        fix: "set the name back to the existing pool's in the Installation, or leave it out; with another CIDR, the \
              operator would delete the existing pool",
        ..DIFFERS
    },
    KnownCause {
        texts: &["ippool", "cidr overlaps with"],
        written_by: (34, None),
        means: "a pool overlaps another one",
        fix: "give the pools of the Installation CIDRs that overlap neither each other nor an \
              existing pool",
        in_installation: true,
        explained_by: &[&OVERLAPS_POOL],
        paste: edit_installation,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["ippool cidr cannot be modified"],
        means: "the Installation changes the CIDR of an existing pool, which is immutable",
        fix: "set the cidr back to the existing pool's in the Installation",
        ..DIFFERS
    },
    KnownCause {
        texts: &["ippool blocksize cannot be modified"],
        means: "the Installation changes the block size of an existing pool, which is immutable",
        fix: "set the blockSize back to the existing pool's in the Installation",
        ..DIFFERS
    },
    KnownCause {
        texts: &["cannot be modified"],
        means: "the Installation changes a field of an existing pool that is immutable",
        fix: "set it back to the existing pool's value in the Installation",
        ..DIFFERS
    },
    KnownCause {
        texts: &["cannot update an ip pool not owned by the operator"],
        means: "the Installation lists a pool that the operator does not own, with other values",
        fix: "label the pool app.kubernetes.io/managed-by=tigera-operator if the Installation is \
              right, or write the pool's values in the Installation",
        ..DIFFERS
    },
    KnownCause {
        texts: &["error validating ip pool configuration"],
        written_by: (34, None),
        means: "the operator rejects a pool of the Installation",
        ..REJECTED
    },
    KnownCause {
        texts: &["must be set to 'true' when using calico ipam on windows"],
        written_by: (32, None),
        means: "Calico's IPAM on Windows requires strict affinity",
        fix: "turn on strict affinity",
        explained_by: &[&NO_STRICT_AFFINITY],
        paste: strict_affinity,
        ..KnownCause::USUAL
    },
];
