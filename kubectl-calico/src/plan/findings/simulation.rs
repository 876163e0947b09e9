//! The cluster as it would be with the plan, put before those of status' checks that judge what is
//! asked for: what they would find once it is carried out is said before.

use calico_core::defaults::Effective;
use calico_core::installation::Installation;

use super::rules::written;
use crate::assess;
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::checks::CHECKS;
use crate::assess::fact::Fact;
use crate::assess::facts::Facts;
use crate::assess::facts::install::Method;
use crate::assess::facts::installation::InstallationFacts;
use crate::assess::facts::installer::Installer;
use crate::assess::facts::pools;
use crate::assess::finding::Finding;
use crate::assess::provenance::Provenance;
use crate::plan::inputs::Inputs;
use crate::plan::new_family::as_live;
use crate::plan::pool::Pool;
use crate::repair::Step;
use crate::snapshot::Unknown;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS};

/// What those checks find.
pub(crate) struct Found {
    /// What is so already, whatever is planned: status' subject, and no reason against a plan.
    pub(crate) already: Vec<Finding>,
    /// What would come of the plan.
    pub(crate) by_plan: Vec<Finding>,
}

pub(crate) fn found(inputs: &Inputs, planned: &[Pool]) -> Found {
    let judge = |facts: &Facts, unknown: &[(&'static Resource, Unknown)]| {
        let case = Case {
            snapshot: inputs.snapshot,
            facts,
        };
        assess::found(&case, unknown, Check::judges_requests)
    };
    let mut by_plan = judge(&facts(inputs, planned), &unknown(inputs));
    by_plan.iter_mut().for_each(of_a_plan);
    let mut already = Vec::new();
    if !inputs.pools().is_empty() {
        already = judge(inputs.facts, &inputs.snapshot.unknown());
        let same = |one: &Finding, other: &Finding| {
            (one.code, &one.subject, &one.message) == (other.code, &other.subject, &other.message)
        };
        by_plan.retain(|finding| !already.iter().any(|known| same(known, finding)));
    }
    Found { already, by_plan }
}

/// What of the cluster is not known once the plan is carried out. Files seldom hold what only comes
/// with Calico; where it is new, the plan itself says what there will be of that.
fn unknown(inputs: &Inputs) -> Vec<(&'static Resource, Unknown)> {
    const PLANNED: [&Resource; 3] = [&IP_POOLS, &INSTALLATIONS, &FELIX_CONFIGURATIONS];
    let is_new = inputs.pools().is_empty();
    let mut unknown = inputs.snapshot.unknown();
    unknown.retain(|(row, why)| {
        let planned = PLANNED.iter().any(|planned| std::ptr::eq(*planned, *row));
        !(is_new && planned && *why == Unknown::NotGiven)
    });
    unknown
}

/// The checks that cannot be made of a plan, each with the row that it needs and nobody knows.
pub(crate) fn not_made(inputs: &Inputs) -> Vec<(&'static Resource, &'static str)> {
    if !inputs.networking.is_calico() {
        return Vec::new();
    }
    let rows = unknown(inputs).into_iter().map(|(row, _)| row);
    let of_row = |row: &'static Resource| {
        let checks = CHECKS.iter().filter(|check| check.judges_requests());
        checks
            .filter(|check| check.needs(row))
            .map(move |check| (row, check.entry.code))
    };
    rows.flat_map(of_row).collect()
}

/// What to do about a plan is not what to do about an existing pool: to request something else. What
/// kubeadm's ConfigMap lacks has to be corrected either way.
fn of_a_plan(finding: &mut Finding) {
    match remedy(finding.code) {
        Some(Remedy::Cidr) => finding.fix = vec![Step::new("choose another range with --cidr")],
        Some(Remedy::Encapsulation) => {
            let what = "choose another encapsulation, as with --encapsulation VXLAN";
            finding.fix = vec![Step::new(what)];
        }
        Some(Remedy::Elsewhere) | None => {
            for step in &mut finding.fix {
                step.commands
                    .retain(|command| command.starts_with("kubectl edit configmap"));
            }
        }
    }
}

fn remedy(code: &str) -> Option<Remedy> {
    let check = CHECKS.iter().find(|check| check.entry.code == code)?;
    match check.judges {
        Judges::Requested { remedy } => Some(remedy),
        Judges::Running => None,
    }
}

/// The facts, with the plan carried out.
fn facts(inputs: &Inputs, planned: &[Pool]) -> Facts {
    let mut facts = inputs.facts.clone();
    let changed = inputs.pools().iter().map(|pool| changed(pool, planned));
    let live: Vec<pools::Pool> = changed.chain(as_live(inputs, planned)).collect();
    let mut asked = inputs.written.clone();
    if live.is_empty() {
        asked.pools = Some(planned.iter().map(written).collect());
        facts.install.method = Fact::known(
            Method::Operator {
                by: Installer::Manifests,
            },
            plan(),
        );
    }
    facts.installation = facts
        .install
        .is_by_operator()
        .then(|| asked_for(inputs, asked));
    facts.pools = Fact::known(live, plan());
    facts
}

/// What is planned is read of the plan.
fn plan() -> Provenance {
    Provenance::all("Plan")
}

fn asked_for(inputs: &Inputs, written: Installation) -> InstallationFacts {
    InstallationFacts {
        effective: Effective::of(&written, inputs.operator),
        operator: inputs.operator,
        mtu: None,
        written,
    }
}

/// A live pool as the plan has it. What is found of one that changes is not of the pool that is
/// there, which its name says.
fn changed(live: &pools::Pool, planned: &[Pool]) -> pools::Pool {
    let mut pool = live.clone();
    let of_pool = |planned: &&Pool| planned.live.as_deref() == Some(&live.name);
    let Some(planned) = planned.iter().find(of_pool) else {
        return pool;
    };
    let cidr = planned.cidr.value().copied();
    if let Some(cidr) = cidr.filter(|cidr| Some(*cidr) != live.network) {
        pool.network = Some(cidr);
        pool.cidr = cidr.to_string();
    }
    if let Some(encapsulation) = planned.encapsulation.value() {
        pool.encapsulation = *encapsulation;
    }
    if (&pool.cidr, pool.encapsulation) != (&live.cidr, live.encapsulation) {
        pool.name.push_str(", as planned");
    }
    pool
}
