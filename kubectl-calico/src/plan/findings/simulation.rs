//! The cluster as it would be after the plan, and what the checks of status would find in it.

use calico_core::cidr::Family;
use calico_core::defaults::Effective;
use calico_core::installation::Installation;

use crate::assess;
use crate::assess::advice::pod_network_change;
use crate::assess::check::{Case, Check, Remedy};
use crate::assess::checks::bgp_peers::NO_PEERS;
use crate::assess::checks::drift::POOLS_DIFFER;
use crate::assess::checks::installation::INSTALLATION_MISSING;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::checks::overlaps::{OVERLAPS_NODES, OVERLAPS_SERVICES};
use crate::assess::checks::tunnels::TUNNEL_FORCED;
use crate::assess::checks::{CHECKS, judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::facts::installation::InstallationFacts;
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::facts::pools;
use crate::phrases::AS_PLANNED;
use crate::plan::catalog::BEFORE_STEPS;
use crate::plan::entries::requested;
use crate::plan::findings::before_steps::lost_pools;
use crate::plan::inputs::Inputs;
use crate::plan::new_family::as_existing;
use crate::plan::pool::Pool;
use crate::repair::Step;
use crate::repair::unlisted_pools::unlisted_pools;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS};
use crate::snapshot::{Provenance, Unknown};

/// Findings of the checks that evaluate the requested configuration.
pub(crate) struct Found {
    /// Findings in the cluster as it is, regardless of the plan. They are no objection to the plan.
    pub(crate) existing: Vec<Finding>,
    /// Findings that only the plan causes.
    pub(crate) by_plan: Vec<Finding>,
}

/// Runs the checks on the cluster as it is, and as it would be.
pub(crate) fn found(inputs: &Inputs, planned: &[Pool]) -> Found {
    let mut by_plan = run(inputs, &facts(inputs, planned), &unknown(inputs));
    let is_taken = |family| pod_network_change::is_taken(&of_cluster(inputs), family);
    let is_taken = Family::BOTH.into_iter().any(is_taken);
    for finding in &mut by_plan {
        fix_the_plan(finding, is_taken);
    }
    let install = &inputs.facts.install;
    let is_running = install.method.value().is_some()
        && !install.is_missing()
        && !inputs.snapshot.basis.is_proposal();
    if inputs.pools().is_empty() {
        // What is about the pools is about those of the plan.
        let mut existing = if is_running {
            existing(inputs)
        } else {
            Vec::new()
        };
        existing.retain(|known| is_shown(inputs, known) && remedy(known.code).is_none());
        return Found { existing, by_plan };
    }
    let mut existing = existing(inputs);
    by_plan.extend(without_traffic(inputs, planned));
    by_plan.retain(|finding| !existing.iter().any(|known| is_same(known, finding)));
    existing.retain(|known| is_shown(inputs, known));
    Found { existing, by_plan }
}

/// The finding that the Installation of a Calico that runs is gone.
pub(crate) fn without_installation(inputs: &Inputs) -> Vec<Finding> {
    let is_it = |check: &Check| check.entry.code == INSTALLATION_MISSING.entry.code;
    let mut found = assess::found(&of_cluster(inputs), &inputs.snapshot.unknown(), is_it);
    found.retain(|finding| is_shown(inputs, finding));
    found
}

/// What status reports.
fn existing(inputs: &Inputs) -> Vec<Finding> {
    assess::found(&of_cluster(inputs), &inputs.snapshot.unknown(), |_| true)
}

/// The cluster as it is.
fn of_cluster<'a>(inputs: &Inputs<'a>) -> Case<'a> {
    Case {
        snapshot: inputs.snapshot,
        facts: inputs.facts,
    }
}

/// Whether a finding about the cluster is worth a line in a plan: what is about the pools, and every
/// error that is not a symptom of another one. The plan itself says what to do about the Installation of a new
/// install, pools that are no longer listed, and what comes before its steps.
fn is_shown(inputs: &Inputs, finding: &Finding) -> bool {
    let is_installed = inputs.waits_for_installation() && INSTALLATION_MISSING.found(finding);
    let is_listed = POOLS_DIFFER.found(finding)
        && unlisted_pools(inputs.facts).any(|pool| finding.subject.is(&pool.object()));
    let mut before = BEFORE_STEPS.iter();
    let is_lost = NO_POOL.found(finding) && lost_pools(inputs).is_some();
    if is_installed || is_listed || is_lost || before.any(|check| check.found(finding)) {
        return false;
    }
    let is_cause = finding.severity == Severity::Error && finding.symptom_of.is_none();
    let differs = POOLS_DIFFER.found(finding) && finding.severity >= Severity::Warning;
    is_cause || differs || remedy(finding.code).is_some()
}

fn run(inputs: &Inputs, facts: &Facts, unknown: &[(&'static Resource, Unknown)]) -> Vec<Finding> {
    let case = Case {
        snapshot: inputs.snapshot,
        facts,
    };
    assess::found(&case, unknown, Check::judges_requests)
}

/// What runs, but would not carry the traffic of the planned pools: a tunnel that Felix is told to do without, or nodes
/// without BGP sessions.
fn without_traffic(inputs: &Inputs, planned: &[Pool]) -> Vec<Finding> {
    let case = Case {
        snapshot: inputs.snapshot,
        facts: &facts(inputs, planned).rerouted(inputs.snapshot),
    };
    let is_one = |check: &Check| {
        let mut carriers = [&TUNNEL_FORCED, &NO_PEERS].into_iter();
        carriers.any(|carrier| carrier.entry.code == check.entry.code)
    };
    let mut found = assess::found(&case, &inputs.snapshot.unknown(), is_one);
    found.retain(|finding| finding.severity == Severity::Error);
    found
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    (one.code, &one.subject, &one.message) == (other.code, &other.subject, &other.message)
}

/// What would not be known about the cluster after the plan. Files rarely contain the objects that
/// Calico itself creates; for a new install, the plan determines them.
fn unknown(inputs: &Inputs) -> Vec<(&'static Resource, Unknown)> {
    const PLANNED: [&Resource; 3] = [&IP_POOLS, &INSTALLATIONS, &FELIX_CONFIGURATIONS];
    let is_new = inputs.pools().is_empty();
    let mut unknown = inputs.snapshot.unknown();
    unknown.retain(|(row, why)| {
        let is_planned = PLANNED.iter().any(|planned| std::ptr::eq(*planned, *row));
        !(is_new && is_planned && *why == Unknown::NotGiven)
    });
    unknown
}

/// The skipped checks, each with the row that it needs and that could not be read.
pub(crate) fn skipped(inputs: &Inputs) -> Vec<(&'static Resource, &'static str)> {
    if !inputs.networking.is_calico() {
        return Vec::new();
    }
    unknown(inputs)
        .into_iter()
        .flat_map(|(row, _)| {
            CHECKS
                .iter()
                .filter(|check| check.judges_requests())
                .filter(move |check| check.needs(row))
                .map(move |check| (row, check.entry.code))
        })
        .collect()
}

/// A finding about the plan is fixed by requesting something else; a finding about an existing
/// pool, by changing the pool. The configuration of Kubernetes must be corrected in either case: kubeadm's
/// ConfigMap, or a pod network that overlaps nodes or Services (`is_taken`), in which no CIDR is right.
fn fix_the_plan(finding: &mut Finding, is_taken: bool) {
    let is_elsewhere =
        is_taken && (OVERLAPS_SERVICES.found(finding) || OVERLAPS_NODES.found(finding));
    match remedy(finding.code).filter(|_| !is_elsewhere) {
        Some(Remedy::Cidr) => finding.fix = vec![Step::new("choose another range with --cidr")],
        Some(Remedy::Encapsulation) => {
            let what = "choose another encapsulation, for example --encapsulation VXLAN";
            finding.fix = vec![Step::new(what)];
        }
        Some(Remedy::Elsewhere) | None => {
            for step in &mut finding.fix {
                let is_of_kubernetes = |command: &String| {
                    let of_kubernetes = ["kubectl edit configmap", "kubectl rollout restart"];
                    of_kubernetes.iter().any(|start| command.starts_with(start))
                };
                step.commands.retain(is_of_kubernetes);
            }
        }
    }
}

fn remedy(code: &str) -> Option<Remedy> {
    judges(code)?.remedy()
}

/// The facts of the cluster with the plan.
fn facts(inputs: &Inputs, planned: &[Pool]) -> Facts {
    let mut facts = inputs.facts.clone();
    let pools: Vec<pools::ExistingPool> = inputs
        .pools()
        .iter()
        .map(|pool| changed(pool, planned))
        .chain(as_existing(inputs, planned))
        .collect();
    let mut installation = listing(inputs, planned);
    if pools.is_empty() {
        let requested = requested(inputs, planned).into_iter();
        installation.pools = Some(requested.map(|found| found.pool).collect());
        let by = Installer::Manifests;
        facts.install.method = Fact::known(Method::Operator { by }, plan());
    }
    facts.installation = facts
        .install
        .is_left_to_operator()
        .then(|| installation_facts(inputs, installation));
    facts.pools = Fact::known(pools, plan());
    facts
}

/// The Installation, which lists the planned CIDRs in place of those of the existing pools.
fn listing(inputs: &Inputs, planned: &[Pool]) -> Installation {
    let mut installation = inputs.written.clone();
    for pool in installation.pools.iter_mut().flatten() {
        let existing = inputs
            .pools()
            .iter()
            .find(|existing| Some(existing.cidr.as_str()) == pool.cidr.as_deref());
        let planned = existing.and_then(|existing| {
            planned
                .iter()
                .find(|planned| planned.existing.as_deref() == Some(&existing.name))
        });
        if let Some(cidr) = planned.and_then(|planned| planned.cidr.value()) {
            pool.cidr = Some(cidr.to_string());
        }
    }
    installation
}

/// The provenance of what is planned.
fn plan() -> Provenance {
    Provenance::all("Plan")
}

fn installation_facts(inputs: &Inputs, written: Installation) -> InstallationFacts {
    InstallationFacts {
        effective: Effective::of(&written, inputs.operator),
        operator: inputs.operator,
        mtu: None,
        written,
    }
}

/// An existing pool with the planned values. Its name says that findings are about those.
fn changed(existing: &pools::ExistingPool, planned: &[Pool]) -> pools::ExistingPool {
    let mut pool = existing.clone();
    let planned = planned
        .iter()
        .find(|planned| planned.existing.as_deref() == Some(&existing.name));
    let Some(planned) = planned else {
        return pool;
    };
    let cidr = planned.cidr.value().copied();
    if let Some(cidr) = cidr.filter(|cidr| Some(*cidr) != existing.network) {
        pool.network = Some(cidr);
        pool.cidr = cidr.to_string();
    }
    if let Some(encapsulation) = planned.encapsulation.value() {
        pool.encapsulation = *encapsulation;
    }
    if (&pool.cidr, pool.encapsulation) != (&existing.cidr, existing.encapsulation) {
        pool.name.push_str(AS_PLANNED);
    }
    pool
}
