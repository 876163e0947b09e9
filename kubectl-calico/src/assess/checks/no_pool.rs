//! Whether a pool assigns addresses to pods.

use std::net::IpAddr;

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::operator::DEPLOYMENT;
use serde_json::{Value, json};

use super::agents::AGENT_NOT_READY;
use super::crash_loops::CRASH_LOOP;
use super::images::IMAGE_NOT_PULLED;
use crate::assess::advice::first_pool;
use crate::assess::advice::misplaced::is_wrong_for_pods;
use crate::assess::advice::new_pools::new_pools;
use crate::assess::advice::pool_deletions::complete_deletion;
use crate::assess::advice::pool_fixes::{self, set};
use crate::assess::advice::relocation::{can_be_relocated, relocate_existing};
use crate::assess::candidate_pools::candidate_pools;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Suspect};
use crate::facts::installation::InstallationFacts;
use crate::facts::no_assignment::NoAssignment;
use crate::facts::pools::ExistingPool;
use crate::facts::stray_blocks::StrayBlock;
use crate::phrases::{few, the_pool};
use crate::repair::Step;
use crate::repair::kubectl::{RECREATE_PODS, restart, tigera_status};
use crate::snapshot::resources::{CALICO_CONFIG, DAEMON_SETS, IP_POOLS};
use crate::snapshot::{ObjectRef, Pod};
use crate::views::calico_node::OPERATOR_NAMESPACE;
use crate::views::ipam_blocks::block_sizes;
use crate::views::objects::{KUBE_CONTROLLERS, deployment, operator_deployment};

pub(crate) const NO_POOL: Check = Check {
    entry: Entry {
        code: "CAL212",
        title: "no pool assigns addresses to pods",
        meaning: "Calico's IPAM assigns pod addresses, but there is no pool, or only pools that \
                  must be requested explicitly.",
        impact: "New pods stay in ContainerCreating: \"no configured Calico pools for node\". \
                 While there is no pool at all, the operator waits for one (\"waiting for enabled \
                 IP pools to be created\").",
        criteria: "A pool gives no addresses if it is disabled, selects no node (!all()), is only \
                   for tunnels or load balancers, or has assignmentMode Manual; since Calico 3.31 \
                   also if it is being deleted, and since 3.32 if its condition Allocatable is \
                   False, which kube-controllers sets if it overlaps another pool. Applies only if \
                   calico-node is installed and Calico's IPAM assigns addresses.",
        fix: "Enable a pool, or create one: list it in the Installation, or, with a manifest \
              install, restart calico-node, which creates a pool when it starts and there is \
              none. If a deleted pool has left blocks, the new one must have blocks of their size: \
              with another one, calico-node does not start, and a pool that the operator creates \
              assigns their addresses a second time.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go, \
                 libcalico-go/lib/clientv3/client.go (filterIPPool), \
                 kube-controllers/pkg/controllers/ippool/pool_controller.go and \
                 node/pkg/lifecycle/startup, libcalico-go/lib/clientv3/ippool.go; tigera/operator v1.42.3, \
                 pkg/controller/installation/core_controller.go; projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS],
    // Another IPAM or CNI plugin.
    excuses: &[&CALICO_CONFIG],
    judges: Judges::Following,
    find: |case| {
        let by_calico = case.facts.by_calico_ipam() == Some(true);
        let (Some(pools), true) = (case.facts.pools.value(), by_calico) else {
            return Vec::new();
        };
        if case.facts.agents.value().is_none() || pools.iter().any(ExistingPool::serves_any_pod) {
            return Vec::new();
        }
        let message = if pools.is_empty() {
            "no pool exists"
        } else {
            "no pool assigns addresses to pods"
        };
        let mut finding = Finding::error(&NO_POOL.entry, ObjectRef::all("IPPool"), message);
        for pool in pools.iter().take(3) {
            let (field, value) = why_not(pool);
            finding = finding.evidence(pool.object(), field, value);
        }
        if pools.is_empty() {
            finding = finding.evidence(ObjectRef::all("IPPool"), "count", 0);
        }
        let left = left_blocks(case, pools);
        if !left.is_empty() {
            let cidrs: Vec<String> = left.iter().map(|block| block.cidr.to_string()).collect();
            let used: u128 = left.iter().map(|block| block.in_use).sum();
            finding = finding
                .evidence(ObjectRef::all("IPAMBlock"), "spec.cidr", few(&cidrs))
                .evidence(ObjectRef::all("IPAMBlock"), "addresses in use", used);
        }
        if has_never_started(case, pools) {
            return vec![
                finding
                    .impact("pods get no address until calico-node has created one")
                    .suspects(
                        [&CRASH_LOOP, &IMAGE_NOT_PULLED, &AGENT_NOT_READY]
                            .map(|check| Suspect::Code(check.entry.code)),
                    )
                    .fix("let calico-node start: it creates the pool then"),
            ];
        }
        let mut finding = if were_deleted(case, pools) {
            deleted(case, finding)
        } else {
            finding
                .impact(if left.is_empty() {
                    "new pods get no address and stay in ContainerCreating"
                } else {
                    "new pods get no address and stay in ContainerCreating; traffic of those that have \
                     one is neither encapsulated nor masqueraded, and may be lost"
                })
                .fixed_by_all(fix(case, pools))
        };
        finding.fix.splice(0..0, sizes_of_blocks(case));
        vec![finding]
    },
};

/// Whether there were pools, and all of them are gone, while their addresses are still in use.
pub(crate) fn were_lost(case: &Case) -> bool {
    let pools = case.facts.known_pools();
    !left_blocks(case, pools).is_empty() || were_deleted(case, pools)
}

/// Whether the pools that the operator had created are gone: pods have addresses from what the Installation lists.
fn were_deleted(case: &Case, pools: &[ExistingPool]) -> bool {
    let listed: Vec<Cidr> = case
        .facts
        .installation
        .iter()
        .flat_map(|installation| &installation.effective.pools)
        .filter_map(|pool| pool.cidr.clone()?.ok())
        .collect();
    let has_address = |pod: &Pod| {
        let address: Option<IpAddr> = pod.status.pod_ip.parse().ok();
        !pod.spec.host_network
            && pod.status.phase == "Running"
            && address.is_some_and(|it| listed.iter().any(|cidr| cidr.holds(it)))
    };
    pools.is_empty()
        && operator_creates_pools(case)
        && case.snapshot.calico_pods.items().iter().any(has_address)
}

/// What to do about pools that were deleted under their pods.
/// Source: projectcalico/calico#12457; rancher/rke2#10168; tigera/operator v1.42.3,
/// pkg/controller/ippool/pool_controller.go.
fn deleted(case: &Case, finding: Finding) -> Finding {
    let operator = operator_deployment(case.snapshot).map(|found| &found.metadata);
    let namespace = operator.and_then(|meta| meta.namespace.as_deref());
    let mut steps = vec![
        Step::new(
            "find out what deleted the pools: a recent CREATED AT means that the definition was deleted and created \
             again without its objects",
        )
        .run("kubectl get customresourcedefinitions | grep -E 'ippools|ipamblocks'"),
        Step::new("restart the operator, which creates the pools of the Installation again").run(
            restart(&ObjectRef::in_namespace(
                "Deployment",
                namespace.unwrap_or(DEPLOYMENT),
                DEPLOYMENT,
            )),
        ),
    ];
    let blocks = case.snapshot.ipam_blocks.read();
    if blocks.is_some_and(Vec::is_empty) {
        let recreate = Step::new(
            "recreate all pods that have addresses from the pools, one namespace at a time: their blocks are \
             gone, and new pods would get the same addresses",
        );
        steps.push(recreate.run(RECREATE_PODS));
    }
    finding
        .impact(
            "running pods lose their routes, NAT and encapsulation, and new pods get no address and stay in \
             ContainerCreating",
        )
        .fixed_by_all(steps)
}

/// The field that keeps the pool from assigning addresses to every pod.
fn why_not(pool: &ExistingPool) -> (&'static str, String) {
    if let Some(withheld) = &pool.withheld {
        withheld.evidence()
    } else if !pool.is_for_pods() {
        ("spec.allowedUses", pool.spec.allowed_uses.join(", "))
    } else {
        let mode = pool.spec.assignment_mode.clone();
        ("spec.assignmentMode", mode.unwrap_or_default())
    }
}

fn fix(case: &Case, pools: &[ExistingPool]) -> Vec<Step> {
    let candidates = candidate_pools(case);
    let existing = candidates.iter().filter_map(|pool| pool.existing);
    let disabled = existing.filter(|pool| pool.is_for_pods() && pool.is_disabled());
    let is_wrong = |pool: &ExistingPool| {
        let network = pool.network;
        network.is_some_and(|cidr| is_wrong_for_pods(case, &cidr))
    };
    let (wrong, right): (Vec<&ExistingPool>, Vec<&ExistingPool>) =
        disabled.partition(|pool| is_wrong(pool));
    if let Some(moved) = wrong.first().filter(|_| right.is_empty())
        && can_be_relocated(case, moved)
    {
        return relocate_existing(case, moved);
    }
    if let Some(disabled) = right.first().or(wrong.first()) {
        let what = format!("enable {}", the_pool(&disabled.name));
        return pool_fixes::enable(case, disabled, what);
    }
    let by_hand = candidates
        .iter()
        .find(|pool| pool.serves_pods && pool.existing.is_some());
    if let Some(by_hand) = by_hand {
        let what = "let a pool assign its addresses automatically";
        let automatic = json!("Automatic");
        let spec = json!({"assignmentMode": automatic});
        return set(case, by_hand, what, &[("assignmentMode", automatic)], &spec);
    }
    let mut gone = pools.iter();
    if let Some(deleted) = gone.find(|pool| pool.is_for_pods() && pool.is_being_deleted()) {
        return complete_deletion(case, deleted);
    }
    if let Some(step) = pools.iter().find_map(|pool| allow(case, pool, pools)) {
        return vec![step];
    }
    if !case.facts.install.is_left_to_operator() {
        let restart = first_pool::restart(case).filter(|_| pools.is_empty());
        return vec![restart.unwrap_or_else(|| Step::new("add a pool for pods"))];
    }
    if candidates.iter().any(|pool| pool.existing.is_none()) {
        if !operator_creates_pools(case) {
            return first_pool::restart_for_listed(case).into_iter().collect();
        }
        let what = "check why the operator has not created the pools that the Installation lists, \
                    and see the other findings";
        return vec![Step::new(what).run(tigera_status("ippools calico"))];
    }
    list(case, pools)
}

/// Makes a pool allocatable again, which only kube-controllers does.
/// Source: projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/ippool/pool_controller.go.
fn allow(case: &Case, pool: &ExistingPool, pools: &[ExistingPool]) -> Option<Step> {
    let allowed =
        pool.is_for_pods() && matches!(pool.withheld, Some(NoAssignment::NotAllocatable { .. }));
    let network = pool.network.as_ref().filter(|_| allowed)?;
    let name = the_pool(&pool.name);
    let mut others = pools.iter().filter(|other| other.name != pool.name);
    let overlapped =
        others.find(|other| other.network.is_some_and(|other| other.overlaps(network)));
    Some(match overlapped {
        Some(other) => Step::new(format!(
            "first add a pool that overlaps no other: until then, recreated pods get no address; \
             then empty and delete {}, which {name} overlaps. Once it is gone, kube-controllers \
             makes {name} allocatable",
            the_pool(&other.name)
        )),
        None => Step::new(format!(
            "restart kube-controllers, which sets the condition: {name} overlaps no other pool"
        ))
        .run(restart_controllers(case)),
    })
}

fn restart_controllers(case: &Case) -> String {
    let namespace = deployment(case.snapshot, KUBE_CONTROLLERS)
        .and_then(|controllers| controllers.metadata.namespace.as_deref())
        .unwrap_or(OPERATOR_NAMESPACE);
    restart(&ObjectRef::in_namespace(
        "Deployment",
        namespace,
        KUBE_CONTROLLERS,
    ))
}

/// The blocks with addresses in use that the deleted pools have left.
fn left_blocks<'a>(case: &Case<'a>, pools: &[ExistingPool]) -> Vec<&'a StrayBlock> {
    let blocks = case.facts.stray_blocks.value();
    let blocks = blocks.filter(|_| pools.is_empty()).into_iter().flatten();
    blocks.filter(|block| block.in_use > 0).collect()
}

/// The sizes that the listed pools must have because of the blocks that deleted ones have left in them: the operator
/// creates its first pools past Calico's API, which would reject others.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
fn sizes_of_blocks(case: &Case) -> Vec<Step> {
    let candidates = candidate_pools(case);
    let listed = candidates.iter().filter(|pool| pool.existing.is_none());
    let steps = listed.filter_map(|pool| {
        let sizes = block_sizes(case.snapshot, &pool.network?);
        let mut others = sizes.iter().map(|size| i64::from(*size));
        let size = others.find(|size| Some(*size) != pool.block_size)?;
        if sizes.len() > 1 {
            return Some(vec![Step::new(format!(
                "list another CIDR than {}: blocks of different sizes are in it, and IPAM would \
                 assign their addresses a second time",
                pool.cidr
            ))]);
        }
        let what = format!(
            "set the blockSize of {} to {size}, the size of the blocks in it: with another one, IPAM \
             assigns their addresses a second time",
            pool.cidr
        );
        Some(pool_fixes::set_listed(case, pool.index?, what, &[("blockSize", json!(size))]))
    });
    steps.flatten().collect()
}

/// Whether the operator creates pools, which calico-node does otherwise: up to 1.32, and of a manifest install.
fn operator_creates_pools(case: &Case) -> bool {
    let installation = case.facts.installation.as_ref();
    installation.is_some_and(InstallationFacts::changes_existing_pools)
}

/// Whether calico-node, which creates the pool when it starts, has never run: the pool is missing because of that. Blocks
/// show that a pool was there.
/// Source: projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go (configureIPPools).
fn has_never_started(case: &Case, pools: &[ExistingPool]) -> bool {
    let counts = case.facts.agents.value().and_then(|it| it.counts.as_ref());
    pools.is_empty()
        && !operator_creates_pools(case)
        && counts.is_some_and(|counts| counts.desired > 0 && counts.ready == 0)
        && case.snapshot.ipam_blocks.items().is_empty()
}

/// Lists new pools in the Installation, unless that would replace others.
fn list(case: &Case, existing: &[ExistingPool]) -> Vec<Step> {
    let pools = new_pools(case);
    if pools.is_empty() || !existing.is_empty() {
        return vec![Step::new("list a pool in the Installation")];
    }
    let (cidrs, entries): (Vec<String>, Vec<Value>) = pools
        .into_iter()
        .map(|(cidr, entry)| (cidr.to_string(), entry))
        .unzip();
    let what = format!(
        "add the pod CIDR to ipPools in the Installation: {}",
        cidrs.join(", ")
    );
    pool_fixes::list(case, what, entries)
}
