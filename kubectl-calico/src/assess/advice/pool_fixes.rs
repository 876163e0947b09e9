//! Fixes that change a pool, built on [`crate::repair`]: an existing pool, or one that the Installation
//! lists and that does not exist yet.

use calico_core::cidr::Cidr;
use calico_core::defaults::default_block_size;
use calico_core::pool::{BlockSize, Encapsulation};
use serde_json::{Value, json};

use crate::assess::candidate_pools::CandidatePool;
use crate::assess::check::Case;
use crate::facts::pools::ExistingPool;
use crate::phrases::the_pool;
use crate::repair::encapsulation::{self, new_ports, open};
use crate::repair::pool_writer::PoolWriter;
use crate::repair::{Step, installer_step};
use crate::views::ipam_blocks::block_sizes;

/// Gives a pool another encapsulation.
pub(crate) fn encapsulate(case: &Case, pool: &CandidatePool, to: Encapsulation) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps = Vec::new();
    if let Some(existing) = pool.existing {
        steps.extend(writer.restore_before_changing(existing));
        steps.extend(open(&new_ports(case.snapshot, case.facts, vec![to])));
        steps.extend(encapsulation::steps(
            case.snapshot,
            case.facts,
            &mut writer,
            existing,
            to,
        ));
    } else if let Some(index) = pool.index {
        let step = Step::new(format!("set the pool's encapsulation to {to}"));
        steps.push(step.run(writer.set_listed(index, &[("encapsulation", json!(to))])));
    }
    made_lasting(case, &writer, steps)
}

/// What host-local IPAM needs where neither Calico nor VXLAN carries the traffic of pods.
pub(crate) fn routes_of_cloud() -> Step {
    Step::new(
        "make sure that the cloud has a route to the pod CIDR of each node, and that IP \
            forwarding is on; VXLAN is no alternative, because it does not work with host-local \
            IPAM",
    )
}

/// Gives a pool VXLAN. With host-local IPAM, for which Felix has no routes and which the operator rejects
/// with VXLAN, the pool goes without encapsulation, by routes of the cloud.
/// Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/installation/validation.go
/// (`IPAMPluginHostLocal`).
pub(crate) fn encapsulate_for_cloud(case: &Case, pool: &CandidatePool) -> Vec<Step> {
    if !case.facts.by_pod_cidr() {
        return encapsulate(case, pool, Encapsulation::Vxlan);
    }
    let mut steps = vec![routes_of_cloud()];
    steps.extend(encapsulate(case, pool, Encapsulation::None));
    steps
}

/// Changes fields of a pool: those of its entry in the Installation, or a merge patch of the spec of
/// the IPPool.
pub(crate) fn set(
    case: &Case,
    pool: &CandidatePool,
    what: impl Into<String>,
    entry: &[(&str, Value)],
    spec: &Value,
) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps = Vec::new();
    if let Some(existing) = pool.existing {
        steps.extend(writer.restore_before_changing(existing));
        let commands = writer.set(existing.into(), entry, spec);
        steps.push(Step::new(what).run_all(commands));
    } else if let Some(index) = pool.index {
        steps.push(Step::new(what).run(writer.set_listed(index, entry)));
    }
    made_lasting(case, &writer, steps)
}

/// Enables a disabled pool. Calico's API rejects this, as any other change, of a pool with an invalid field.
pub(crate) fn enable(case: &Case, pool: &ExistingPool, what: impl Into<String>) -> Vec<Step> {
    if let Some(invalid) = pool.invalid_once_enabled() {
        return vec![Step::new(format!(
            "add another pool: Calico's API refuses to enable {}, because {}",
            the_pool(&pool.name),
            invalid.why
        ))];
    }
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let mut steps: Vec<Step> = writer.restore_before_changing(pool).into_iter().collect();
    steps.push(Step::new(what).run_all(writer.enable(pool.into())));
    made_lasting(case, &writer, steps)
}

/// Changes fields of an entry of the Installation, and nothing else.
pub(crate) fn set_listed(
    case: &Case,
    index: usize,
    what: impl Into<String>,
    entry: &[(&str, Value)],
) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = Step::new(what).run(writer.set_listed(index, entry));
    made_lasting(case, &writer, vec![step])
}

/// Lists pools of the operator again.
pub(crate) fn restore(case: &Case, pool: &ExistingPool) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = writer
        .restore_before_changing(pool)
        .or_else(|| writer.restore(&[pool]));
    made_lasting(case, &writer, step.into_iter().collect())
}

/// Lists new pools in an Installation that lists none.
pub(crate) fn list(case: &Case, what: impl Into<String>, entries: Vec<Value>) -> Vec<Step> {
    let mut writer = PoolWriter::of(case.snapshot, case.facts);
    let step = Step::new(what).run(writer.list_more(entries));
    made_lasting(case, &writer, vec![step])
}

/// The block size of a pool in a range: that of the blocks in it, whose pool was deleted; else this one, or the default
/// one where it does not fit.
pub(crate) fn block_size(case: &Case, range: &Cidr, size: i64) -> i64 {
    let family = range.family();
    let live = block_sizes(case.snapshot, range).first().copied();
    let size = live.map_or(size, i64::from);
    let fits = u8::try_from(size)
        .is_ok_and(|size| BlockSize::range(family).contains(&size) && size >= range.prefix());
    if fits {
        size
    } else {
        default_block_size(family).into()
    }
}

/// Adds the steps that let a change to the Installation happen, and last.
pub(crate) fn made_lasting(case: &Case, writer: &PoolWriter, steps: Vec<Step>) -> Vec<Step> {
    let values = "kubectl calico plan -o values";
    installer_step::lasting(case.snapshot, case.facts, writer, steps, values, None)
}
