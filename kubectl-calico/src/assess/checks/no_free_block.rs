//! A node without a block, although the pools have more blocks than there are nodes. Part of CAL210.

use std::collections::BTreeMap;
use std::slice;

use calico_core::catalog::Entry;
use calico_core::cidr::{Cidr, Family};
use calico_core::selector::Selector;
use serde_json::json;

use crate::assess::advice::reservations::with_reservations;
use crate::assess::candidate_pools::CandidatePool;
use crate::assess::check::Case;
use crate::assess::finding::{Finding, Severity};
use crate::assess::subject::Subject;
use crate::facts::pool_usage::PoolUsage;
use crate::phrases::{counted, few};
use crate::repair::Step;
use crate::repair::ipam_config::patch_ipam_config;
use crate::repair::step::either;
use crate::snapshot::{Node, ObjectRef};
use crate::views::ipam_config::{self, claims_blocks, is_strict};
use crate::views::node_labels::is_selected;

/// That more nodes of a family have no block than there are free ones: in all pools, or in those that
/// select the same nodes.
pub(super) fn no_free_block(
    entry: &Entry,
    case: &Case,
    family: Family,
    pools: &[CandidatePool],
) -> Option<Finding> {
    let waiting = case.facts.node_blocks.value()?.waiting(family);
    let waiting: Vec<&str> = waiting.iter().map(String::as_str).collect();
    shortage(entry, case, family, pools, &waiting).or_else(|| {
        let groups = by_pools(case, pools, &waiting);
        groups
            .iter()
            .filter(|(pools, _)| !pools.is_empty())
            .find_map(|(pools, nodes)| shortage(entry, case, family, pools, nodes))
    })
}

/// The nodes, by the pools that select them, or may.
fn by_pools<'p, 'n>(
    case: &Case,
    pools: &[CandidatePool<'p>],
    nodes: &[&'n str],
) -> Vec<(Vec<CandidatePool<'p>>, Vec<&'n str>)> {
    let selectors: Vec<Option<Selector>> = pools
        .iter()
        .map(|pool| Selector::parse(&pool.existing?.node_selector).ok())
        .collect();
    let mut groups: BTreeMap<Vec<usize>, Vec<&str>> = BTreeMap::new();
    for name in nodes {
        let mut all = case.snapshot.nodes.items().iter();
        let Some(node) = all.find(|node| node.metadata.name == *name) else {
            continue;
        };
        let may_select = |selector: &Option<Selector>| {
            let selector = selector.as_ref();
            selector.is_none_or(|one| is_selected(slice::from_ref(one), node) != Some(false))
        };
        let indexes = selectors.iter().enumerate();
        let of_node = indexes.filter(|(_, selector)| may_select(selector));
        let of_node = of_node.map(|(index, _)| index).collect();
        groups.entry(of_node).or_default().push(name);
    }
    let groups = groups.into_iter().map(|(indexes, names)| {
        let pools = indexes
            .iter()
            .filter_map(|index| pools.get(*index).copied());
        (pools.collect(), names)
    });
    groups.collect()
}

fn shortage(
    entry: &Entry,
    case: &Case,
    family: Family,
    pools: &[CandidatePool],
    waiting: &[&str],
) -> Option<Finding> {
    let usage: Vec<&PoolUsage> = pools
        .iter()
        .map(|pool| pool.existing?.usage.value())
        .collect::<Option<_>>()?;
    let sum = |of: fn(&PoolUsage) -> u128| {
        usage
            .iter()
            .map(|usage| of(usage))
            .fold(0, u128::saturating_add)
    };
    let free = usize::try_from(sum(|usage| usage.blocks_free)).unwrap_or(usize::MAX);
    let possible = sum(|usage| usage.blocks_possible);
    // No block at all is another finding.
    if waiting.len() <= free || possible == 0 {
        return None;
    }
    let claims = claims_blocks(case.snapshot);
    let (severity, impact) = consequence(case);
    let who = match waiting {
        [one] => format!("{one} has no block"),
        more => format!("{} have no block", counted(more.len(), "node")),
    };
    let left = match free {
        _ if !claims => "nodes do not claim any".to_owned(),
        0 => "none is free".to_owned(),
        1 => "only 1 is free".to_owned(),
        free => format!("only {free} are free"),
    };
    let finding = Finding::new(
        entry,
        severity,
        subject(family, pools),
        format!("{who}, and {left}"),
    )
    .evidence(ObjectRef::all("Node"), "without a block", few(waiting))
    .evidence(
        ObjectRef::all("IPAMBlock"),
        "count (in these pools)",
        format!("{} of {possible}", sum(|usage| usage.blocks)),
    )
    .impact(impact);
    let finding = if is_strict(case.snapshot) {
        finding.evidence(ipam_config::object(), "spec.strictAffinity", true)
    } else {
        finding
    };
    if !claims {
        return Some(
            finding
                .evidence(ipam_config::object(), "spec.autoAllocateBlocks", false)
                .fixed_by(claim_blocks(case)),
        );
    }
    let networks: Vec<Cidr> = pools.iter().filter_map(|pool| pool.network).collect();
    let missing = waiting.len().saturating_sub(free);
    Some(
        with_reservations(case, finding, &networks)
            .fixed_by_all(more_blocks(case, family, missing)),
    )
}

/// What happens to pods on a node without a block.
fn consequence(case: &Case) -> (Severity, &'static str) {
    if !claims_blocks(case.snapshot) {
        return (
            Severity::Error,
            "new pods on nodes without a block get no address and stay in ContainerCreating",
        );
    }
    if is_strict(case.snapshot) {
        return (
            Severity::Error,
            "with strict affinity, pods on a node without a block get no address and stay in \
             ContainerCreating",
        );
    }
    (
        Severity::Warning,
        "a node without a block borrows single addresses from other nodes' blocks, with a \
         route for each",
    )
}

/// Makes blocks available: first those that nobody needs.
fn more_blocks(case: &Case, family: Family, missing: usize) -> Vec<Step> {
    let nodes = case.facts.node_blocks.value();
    let mut gone = nodes.into_iter().flat_map(|nodes| &nodes.gone);
    let is_left = gone.any(|node| node.blocks.iter().any(|block| block.family() == family));
    let release = "release the blocks of nodes that no longer exist, as CAL222 describes";
    let mut steps: Vec<Step> = is_left.then(|| Step::new(release)).into_iter().collect();
    let missing = counted(missing, "more node");
    let add = format!("add a pool with blocks for {missing}");
    steps.push(Step::new(if is_left {
        format!("if that is not enough, {add}")
    } else {
        add
    }));
    let nodes = case.snapshot.nodes.items();
    if is_strict(case.snapshot) && nodes.iter().all(Node::is_linux) {
        let what = "let nodes borrow addresses, as long as none runs Windows";
        let borrow = Step::new(what).run("calicoctl ipam configure --strictaffinity=false");
        return either([steps, vec![borrow]]);
    }
    steps
}

/// The pools of a family, as the subject of a finding.
pub(super) fn subject(family: Family, pools: &[CandidatePool]) -> Subject {
    match pools {
        [one] => one.object().into(),
        _ => format!("the {family} pools").into(),
    }
}

/// Lets nodes claim blocks.
fn claim_blocks(case: &Case) -> Step {
    let spec = json!({"autoAllocateBlocks": true});
    Step::new("let nodes claim blocks").run(patch_ipam_config(case.snapshot, &spec))
}
