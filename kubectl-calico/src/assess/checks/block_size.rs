//! Whether Calico's IPAM can cut a pool into its blocks.

use calico_core::pool::BlockSize;
use serde_json::json;

use super::judged::{Judged, judged_and_asked};
use super::{paste, relocate};
use crate::assess::check::{Case, Check, Explain};
use crate::assess::finding::{Finding, Fix};
use crate::snapshot::resources::IP_POOLS;

pub(super) const BLOCK_SIZE: Check = Check {
    code: "CAL213",
    title: "a pool cannot be cut into its blocks",
    needs: &[&IP_POOLS],
    explain: Explain {
        means: "The blockSize of a pool is out of range, or a block is larger than the pool.",
        matters: "Of an Installation the operator rejects it (\"block size must be\", \"IP pool \
                  size is too small\"), and makes and changes no pool. From such a live pool, \
                  which only the CRD lets be made, no address can come. The definitions of both \
                  resources set no bound up to 3.31.",
        judged: "A blockSize is a prefix length from 20 to 32 for IPv4 and from 116 to 128 for \
                 IPv6, 26 and 122 where it is absent, and not shorter than the pool's. Only where \
                 addresses come from Calico's IPAM.",
        fix: "Before the pool is made: write another blockSize. That of a live pool cannot be \
              changed: add another pool and delete this one.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/validation.go; \
                 projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    find: |case| {
        if case.facts.by_calico_ipam() == Some(false) {
            return Vec::new();
        }
        let pools = judged_and_asked(case);
        pools
            .iter()
            .filter_map(|pool| finding(case, pool))
            .collect()
    },
};

fn finding(case: &Case, pool: &Judged) -> Option<Finding> {
    let (network, size) = (pool.network?, pool.block_size?);
    let range = BlockSize::range(network.family());
    let (low, high) = (range.start(), range.end());
    let message = match u8::try_from(size) {
        Ok(size) if range.contains(&size) && size < network.prefix() => {
            format!("a block of /{size} is larger than the pool {network}")
        }
        Ok(size) if range.contains(&size) => return None,
        _ => format!("a block size of {size} is not from {low} to {high}"),
    };
    // The default where it fits, else the pool as one block.
    let fits = BlockSize::default_for(network.family()).max(network.prefix());
    let (consequence, fix) = match pool.live {
        Some(_) => (
            "no address comes from this pool",
            Fix {
                what: "add another pool and delete this one; the block size of a live pool cannot \
                       be changed"
                    .to_owned(),
                paste: String::new(),
            },
        ),
        None => (
            "the operator makes no pool at all, and changes none",
            Fix {
                what: format!("make it {fits}"),
                paste: paste::change(case, pool, &[("blockSize", json!(fits))], &json!({})),
            },
        ),
    };
    let finding = Finding::error(pool.object(), message)
        .seen(pool.object(), pool.field("cidr"), pool.cidr)
        .seen(pool.object(), pool.field("blockSize"), size)
        .then(consequence)
        .fixed_by(Fix {
            what: relocate::lasting(case, pool, fix.what),
            paste: fix.paste,
        });
    Some(finding)
}
