//! What a pool's entry in the Installation would do to the other findings about the pool. If it fixes one, the Installation
//! is right.

use calico_core::pool::Encapsulation;

use crate::assess::candidate_pools::index_of;
use crate::assess::check::{Case, Check};
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::bgp_peers::NO_PEERS;
use crate::assess::checks::cloud_ipip::IPIP_IN_CLOUD;
use crate::assess::checks::cloud_plain::PLAIN_IN_CLOUD;
use crate::assess::checks::cross_subnet::NODE_WITHOUT_SUBNET;
use crate::assess::checks::lost_tunnels::TUNNEL_LOST;
use crate::assess::checks::nat_outgoing::NO_NAT;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::checks::node_selectors::{POOLS_FOR_SOME_NODES, SELECTOR_UNREADABLE};
use crate::assess::checks::operator::OPERATOR_NOT_READY;
use crate::assess::checks::overlaps::{OVERLAPS_NODES, OVERLAPS_SERVICES};
use crate::assess::checks::pod_network::POOL_OUTSIDE_POD_NETWORK;
use crate::assess::checks::retina::RETINA_BESIDE_IPIP;
use crate::assess::checks::routes::NO_ROUTES;
use crate::assess::checks::source_check::AWS_SOURCE_CHECK;
use crate::assess::checks::tunnels::{BOTH_TUNNELS, TUNNEL_FORCED};
use crate::assess::finding::{Finding, FindingRef, Severity, Suspect};
use crate::assess::pool_changes::{PoolChange, carry_out, pool_changes};
use crate::facts::Facts;
use crate::facts::drift::{ComparedField, Difference, differences};
use crate::facts::pools::ExistingPool;
use crate::repair::Step;
use crate::repair::installer_step::api_server;
use crate::repair::kubectl::tigera_status;
use crate::snapshot::ObjectRef;

/// The checks of the fields that the operator changes.
const JUDGING: [&Check; 17] = [
    &POOL_OUTSIDE_POD_NETWORK,
    &OVERLAPS_SERVICES,
    &OVERLAPS_NODES,
    &NO_POOL,
    &POOLS_FOR_SOME_NODES,
    &SELECTOR_UNREADABLE,
    &NO_NAT,
    &TUNNEL_LOST,
    &IPIP_IN_CLOUD,
    &NODE_WITHOUT_SUBNET,
    &NO_ROUTES,
    &NO_PEERS,
    &BOTH_TUNNELS,
    &TUNNEL_FORCED,
    &AWS_SOURCE_CHECK,
    &RETINA_BESIDE_IPIP,
    &PLAIN_IN_CLOUD,
];

/// The findings that go away or become milder once these fields of a pool are changed; none if others that weigh as
/// much take their place.
pub(super) fn cured(
    case: &Case,
    pool: &ExistingPool,
    differences: &[Difference],
) -> Vec<FindingRef> {
    let before = judged(case);
    let mut after = after(case, pool, differences);
    if severities(&after) >= severities(&before) {
        return Vec::new();
    }
    let mut cured = Vec::new();
    for (found, severity) in before {
        let left = after
            .iter()
            .position(|(other, left)| *other == found && *left >= severity);
        match left {
            Some(left) => {
                after.remove(left);
            }
            None if !cured.contains(&found) => cured.push(found),
            None => {}
        }
    }
    cured
}

/// Those of these fields that are better left as the pool has them, one after the other as long as that makes the
/// findings milder; and the others.
pub(super) fn without_harm(
    case: &Case,
    pool: &ExistingPool,
    differences: &[Difference],
) -> (Vec<Difference>, Vec<Difference>) {
    let (mut harmful, mut right) = (Vec::new(), differences.to_vec());
    let mut found = severities(&after(case, pool, &right));
    while let Some((milder, index)) = (0..right.len())
        .map(|index| {
            let mut others = right.clone();
            others.remove(index);
            (severities(&after(case, pool, &others)), index)
        })
        .min()
        .filter(|(milder, _)| *milder < found)
    {
        harmful.push(right.remove(index));
        found = milder;
    }
    (harmful, right)
}

/// What is found once these fields of a pool are changed.
fn after(case: &Case, pool: &ExistingPool, differences: &[Difference]) -> Vec<Judged> {
    let mut changes = pool_changes(case.facts);
    changes.retain(|change| matches!(change, PoolChange::Create(_)));
    changes.push(PoolChange::Update {
        name: pool.name.clone(),
        fields: differences.to_vec(),
    });
    let mut snapshot = case.snapshot.clone();
    carry_out(&mut snapshot, &changes);
    let facts = Facts::of(&snapshot);
    let changed = Case {
        snapshot: &snapshot,
        facts: &facts,
    };
    judged(&changed)
}

/// A finding and its severity.
type Judged = (FindingRef, Severity);

/// What the checks of the fields that the operator changes find.
fn judged(case: &Case) -> Vec<Judged> {
    let unknown = case.snapshot.unknown();
    let checks = JUDGING.iter().filter(|check| check.can_judge(&unknown));
    checks
        .flat_map(|check| (check.find)(case))
        .map(|found| (found.reference(), found.severity))
        .collect()
}

/// The severities, the most severe first.
fn severities(judged: &[Judged]) -> Vec<Severity> {
    let mut all: Vec<Severity> = judged.iter().map(|(_, severity)| *severity).collect();
    all.sort_by(|one, other| other.cmp(one));
    all
}

/// The encapsulation of a pool's entry, if the operator has yet to apply it and it fixes a finding.
pub(crate) fn requested_encapsulation(case: &Case, pool: &ExistingPool) -> Option<Encapsulation> {
    let installation = case.facts.installation.as_ref()?;
    let listed = installation
        .effective
        .pools
        .get(index_of(installation, pool)?)?;
    let mut differences = differences(installation, listed, pool);
    // With another block size, Calico's API rejects the whole change.
    if differences
        .iter()
        .any(|it| it.field == ComparedField::BlockSize)
    {
        return None;
    }
    differences.retain(|it| it.field == ComparedField::Encapsulation);
    let requested = differences.first()?.requested.parse().ok()?;
    (!cured(case, pool, &differences).is_empty()).then_some(requested)
}

/// That the operator has yet to apply an entry that is right. The steps `first` come before what it says about that.
pub(super) fn not_applied(
    case: &Case,
    finding: Finding,
    first: Vec<Step>,
    keys: &str,
    cured: &[FindingRef],
) -> Finding {
    let suspects = [
        Suspect::Subject(ObjectRef::named("TigeraStatus", "ippools")),
        Suspect::Code(OPERATOR_NOT_READY.entry.code),
        Suspect::Code(API_SERVER_SILENT.entry.code),
    ];
    finding
        .impact("the operator has yet to change the pool to match the Installation")
        .cures("which fixes", cured)
        .fixed_by_all(first.into_iter().chain(api_server(case.snapshot, &case.facts.install)).collect())
        .fix(format!(
            "keep {keys} in the Installation. If the pool does not follow within a minute, read what the operator \
             reports"
        ))
        .paste(tigera_status("ippools"))
        .suspects(suspects)
}

/// That an entry is right, and the operator does not apply it to the pool. The steps `first` come before what it says
/// about that.
pub(super) fn to_be_changed(
    finding: Finding,
    first: Vec<Step>,
    keys: &str,
    cured: &[FindingRef],
) -> Finding {
    let codes: Vec<String> = cured.iter().map(ToString::to_string).collect();
    let fixes = if codes.len() == 1 {
        "the fix of"
    } else {
        "the fixes of"
    };
    finding
        .impact("the operator does not change the pool to match the Installation")
        .cures("which would fix", cured)
        .fixed_by_all(first)
        .fix(format!(
            "leave {keys} unchanged in the Installation, and change the pool as described in {fixes} {}",
            codes.join(", ")
        ))
}
