//! Whether the live pools are what the Installation asks for.

use calico_core::catalog::Entry;
use calico_core::defaults::EffectivePool;
use serde_json::{Value, json};

use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::drift::{Difference, NO_FIELD, differences};
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::pools::Pool;
use crate::assess::finding::Finding;
use crate::assess::support::ownership::{cannot_be_owned, of_overlay, unlisted};
use crate::assess::support::pool_fixes::set_listed;
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS};

pub(crate) const POOLS_DIFFER: Check = Check {
    entry: Entry {
        code: "CAL208",
        title: "the Installation and the live pools differ",
        meaning: "What the Installation says of pools is not what the live pools are, or the \
                operator cannot take over a pool that it lists.",
        impact: "Nobody says so. Up to 1.32 (Calico 3.27) the operator never changes a live pool. \
                  From 1.34 on it changes those that it owns, and only logs \"Cannot update an IP \
                  pool not owned by the operator\" of others, with all statuses available. A pool \
                  that it owns and that is no longer listed it deletes: an upgrade with Helm that \
                  leaves the pools out does that, after one that had set them.",
        criteria: "Pools are matched by the text of their CIDR, as the operator does, and compared \
                 with its defaults filled in; before 1.36 it enables every pool that it owns. \
                 Owned are those with the label app.kubernetes.io/managed-by: tigera-operator, on \
                 the object or in its annotation projectcalico.org/metadata. Live pools that are \
                 neither owned nor listed are somebody's own and fine, and so is an Installation \
                 without pools beside such. Pools of an Installation named overlay are never \
                 looked at by the operator. An unowned pool without encapsulation is never taken \
                 over, as the operator's comparison fails for it; in operator 1.38 (Calico 3.30) it \
                 fails for every unowned pool.",
        fix: "Make both say the same. A pool that the operator does not own is changed itself, or \
              handed over by the label; one that it owns through the Installation. CIDR and block \
              size of a live pool cannot be changed.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; \
                 tigera/operator#2340, projectcalico/calico#11402, Azure/AKS#5829",
    },
    needs: &[&INSTALLATIONS, &IP_POOLS],
    judges: Judges::Running,
    find: |case| {
        let (Some(asked), Some(pools)) = (&case.facts.installation, case.facts.pools.value())
        else {
            return Vec::new();
        };
        if pools.is_empty() || !asked.effective.is_calico_cni() {
            return Vec::new();
        }
        let listed = asked.effective.pools.iter().enumerate();
        let mut findings: Vec<Finding> = listed
            .filter_map(|(index, listed)| differs(case, asked, index, listed, pools))
            .collect();
        findings.extend(
            pools
                .iter()
                .filter_map(|pool| unlisted(&POOLS_DIFFER.entry, case, asked, pool)),
        );
        findings.extend(of_overlay(&POOLS_DIFFER.entry, case));
        findings
    },
};

/// The text by which the operator tells a pool.
fn cidr_of(asked: &InstallationFacts, index: usize) -> Option<&str> {
    let listed = asked.written.pools.as_deref().unwrap_or_default();
    listed.get(index)?.cidr.as_deref()
}

/// A listed pool that is not live, or is something else, or is not the operator's.
fn differs(
    case: &Case,
    asked: &InstallationFacts,
    index: usize,
    listed: &EffectivePool,
    pools: &[Pool],
) -> Option<Finding> {
    let cidr = cidr_of(asked, index)?;
    let network = listed.network()?.network();
    let Some(pool) = pools.iter().find(|pool| pool.cidr == cidr) else {
        let same = |pool: &&Pool| pool.network.is_some_and(|live| live.network() == network);
        return Some(missing(asked, index, cidr, pools.iter().find(same)));
    };
    let found = differences(asked, listed, pool);
    if found.is_empty() {
        return cannot_be_owned(&POOLS_DIFFER.entry, case, asked, index, listed, pool);
    }
    let keys: Vec<&str> = found.iter().map(|difference| difference.key).collect();
    let mut finding = Finding::warning(
        &POOLS_DIFFER.entry,
        pool.object(),
        format!(
            "{} and the Installation differ in {}",
            pool.cidr,
            keys.join(", ")
        ),
    );
    for difference in &found {
        let entry = format!("spec.calicoNetwork.ipPools[{index}]");
        finding = match difference.key {
            NO_FIELD => finding.evidence(
                ObjectRef::installation(),
                entry,
                "cannot say disabled before operator 1.36, which enables the pool",
            ),
            key => finding.evidence(
                ObjectRef::installation(),
                format!("{entry}.{key}"),
                &difference.asked,
            ),
        }
        .evidence(pool.object(), difference.field, &difference.live);
    }
    let finding = match (asked.changes_live_pools(), pool.owned_by_operator) {
        (false, _) => finding
            .impact(
                "the live pool counts: before 1.34 the operator changes none; after an upgrade to \
                 Calico 3.28 or later it would",
            )
            .fix("make the Installation say what the live pool is, or change that"),
        (true, false) => finding
            .impact(
                "the live pool counts: the operator does not own it and never changes it, while \
                 its statuses say that all is available",
            )
            .fixed_by_all(as_it_is(
                case,
                asked,
                index,
                pool,
                &found,
                format!(
                    "make the Installation match the pool; if the Installation is right, label the \
                     pool app.kubernetes.io/managed-by=tigera-operator instead, and the operator {}",
                    once_owned(&found)
                ),
            )),
        (true, true) => finding
            .impact(impact(&found))
            .fixed_by_all(as_it_is(
                case,
                asked,
                index,
                pool,
                &found,
                "if the pool is right, make the Installation match it".to_owned(),
            )),
    };
    Some(finding)
}

/// What the operator does to a pool that it is given by the label. That changes a working cluster,
/// and is nothing to paste.
fn once_owned(found: &[Difference]) -> &'static str {
    match found
        .iter()
        .any(|difference| difference.key == "encapsulation")
    {
        true => "changes its encapsulation at once, which interrupts traffic between nodes",
        false => "makes it what the Installation says",
    }
}

/// What the operator does about a pool of its own that is not as it is asked for.
fn impact(found: &[Difference]) -> &'static str {
    match found.iter().any(|difference| difference.key == "blockSize") {
        true => {
            "the operator tries to change the pool, is refused, and changes no other pool either: \
             the block size of a live pool cannot be changed"
        }
        false => {
            "the operator makes the pool what the Installation says as soon as Calico's API server \
             lets it"
        }
    }
}

/// Makes the Installation's entry match the pool.
fn as_it_is(
    case: &Case,
    installation: &InstallationFacts,
    index: usize,
    pool: &Pool,
    found: &[Difference],
    what: String,
) -> Vec<Step> {
    let fields: Vec<(&str, Value)> = found
        .iter()
        .map(|difference| match difference.key {
            "blockSize" => ("blockSize", json!(pool.block_size)),
            NO_FIELD | "disableNewAllocations" => installation.enabled_field(!pool.spec.disabled),
            key => (key, json!(difference.live)),
        })
        .collect();
    set_listed(case, index, what, &fields)
}

fn missing(asked: &InstallationFacts, index: usize, cidr: &str, same: Option<&Pool>) -> Finding {
    let field = format!("spec.calicoNetwork.ipPools[{index}].cidr");
    if let Some(same) = same {
        return Finding::warning(
            &POOLS_DIFFER.entry,
            same.object(),
            format!("the Installation writes its CIDR {cidr}"),
        )
        .evidence(ObjectRef::installation(), field, cidr)
        .evidence(same.object(), "spec.cidr", &same.cidr)
        .impact(
            "the operator tells pools by that text: it tries to make a second pool of the \
                   same range, and is refused",
        )
        .fix("write the CIDR in the Installation as it is in the pool");
    }
    let finding = Finding::warning(
        &POOLS_DIFFER.entry,
        ObjectRef::installation(),
        format!("the pool {cidr} is not there"),
    )
    .evidence(ObjectRef::installation(), field, cidr)
    .evidence(
        ObjectRef::all("IPPool"),
        format!("count with CIDR {cidr}"),
        0,
    );
    match asked.changes_live_pools() {
        true => finding
            .impact(
                "pods have no addresses from it until the operator makes it, for which it needs \
                   Calico's API server",
            )
            .fix("see what the operator says of it")
            .paste("kubectl get tigerastatus ippools -o yaml"),
        false => finding
            .impact(
                "it is never made: calico-node makes the first pool of a family only, and the \
                   operator makes none before 1.34; after an upgrade to Calico 3.28 or later it \
                   would",
            )
            .fix("add the pool as an IPPool, or take it out of the Installation"),
    }
}
