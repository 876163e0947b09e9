//! Which rules the Installation breaks.

use calico_core::cidr::Cidr;
use calico_core::defaults::Effective;
use calico_core::installation::{DEFAULT_NAME, Installation, OVERLAY_NAME};
use calico_core::operator::OperatorVersion;
use calico_core::rules::{self, Enforcement, Verdict, Violation};

use crate::assess::check::Case;
use crate::assess::checks::reporting::observed_generation;
use crate::facts::components::ComponentState;
use crate::views::objects::{default_installation, overlay_installation};

/// The rule of the fields that the operator's CRD does not have.
pub(super) const UNKNOWN_FIELD: &str = "unknown-field";

/// The operator whose rules apply.
pub(super) struct Operator {
    pub(super) version: OperatorVersion,
    /// Whether the rules of its version are known.
    pub(super) known: bool,
    /// Whether a proposal does not contain it: the newest one is assumed.
    pub(super) assumed: bool,
}

impl Operator {
    /// The installed one, if its version can be read.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let version = case.facts.install.operator.value();
        let assumed = version.is_none() && case.snapshot.basis.is_proposal();
        let version: OperatorVersion = match version {
            Some(version) => version.parse().ok()?,
            None if assumed => OperatorVersion::NEWEST,
            None => return None,
        };
        let newest = OperatorVersion::NEWEST_KNOWN;
        Some(Self {
            version,
            assumed,
            known: version >= OperatorVersion::OLDEST
                && (version.major, version.minor) <= (newest.major, newest.minor),
        })
    }
}

/// Whether the operator's acceptance of an Installation excuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acceptance {
    /// What it has accepted breaks no rule.
    Counts,
    /// The Installation is another one than it has accepted, or for another operator.
    Ignored,
}

/// The rules that the Installation breaks, alone or merged with the overlay, and whether the overlay is the cause.
pub(super) fn violations(
    case: &Case,
    operator: &Operator,
    acceptance: Acceptance,
) -> Vec<(Violation, bool)> {
    // One that is being deleted is only removed.
    let Some(installation) = default_installation(case.snapshot)
        .filter(|found| found.metadata.deletion_timestamp.is_none())
    else {
        return Vec::new();
    };
    let generation = installation.metadata.generation;
    let is_accepted = acceptance == Acceptance::Counts && is_accepted(case, generation);
    let state = State {
        // Without a generation, no API server has accepted it.
        is_stored: generation.is_some() && !case.snapshot.basis.is_proposal(),
        is_accepted,
    };
    let written = Installation::read(&installation.document());
    let unknown = [DEFAULT_NAME, OVERLAY_NAME]
        .into_iter()
        .flat_map(|name| unknown_fields(case, operator, name));
    // The operator validates the default one alone, then the two merged (tigera/operator v1.42.3,
    // pkg/controller/installation/core_controller.go).
    let mut found = violations_of(case, operator, state, &written);
    found.extend(unknown);
    let mut by_overlay = Vec::new();
    if let Some(overlay) = overlay_installation(case.snapshot) {
        let merged = written.overlaid(Installation::read(&overlay.document()));
        let mut merged = violations_of(case, operator, state, &merged);
        merged.retain(|violation| !found.iter().any(|other| other.repeats(violation)));
        by_overlay = merged;
    }
    let found = found.into_iter().map(|violation| (violation, false));
    let by_overlay = by_overlay.into_iter().map(|violation| (violation, true));
    found.chain(by_overlay).collect()
}

/// What has been done with an Installation.
#[derive(Clone, Copy)]
struct State {
    /// Whether the API server has stored it.
    is_stored: bool,
    /// Whether the operator has accepted it.
    is_accepted: bool,
}

fn violations_of(
    case: &Case,
    operator: &Operator,
    state: State,
    written: &Installation,
) -> Vec<Violation> {
    let effective = Effective::of(written, operator.version);
    let rules_case = rules::Case::new(written, &effective, operator.version);
    // If pools exist, the operator does not create any on its own. Fields that are not in the CRD are found before
    // the API server has dropped them.
    let allowed: &[&str] = if case.snapshot.ip_pools.items().is_empty() {
        &[UNKNOWN_FIELD]
    } else {
        &[UNKNOWN_FIELD, "default-pool"]
    };
    let mut violations = rules::check(&rules_case, &[], allowed);
    violations.retain(|violation| match violation.verdict {
        Verdict::Refused => {
            let is_of_server = violation.rule.enforcement == Enforcement::ApiServer;
            let is_accepted = state.is_accepted && !violation.is_unnoticed;
            !(is_accepted || state.is_stored && is_of_server)
        }
        Verdict::Warned => !is_about_existing_pools(case, written, violation),
        Verdict::Allowed | Verdict::Noted => false,
    });
    violations
}

/// The fields of an Installation in manifests that the operator's CRD does not have.
fn unknown_fields(case: &Case, operator: &Operator, name: &str) -> Vec<Violation> {
    let Some(outline) = case.snapshot.outlines.of_installation(name) else {
        return Vec::new();
    };
    let written = Installation {
        spec: outline.clone(),
        ..Installation::default()
    };
    let effective = Effective::of(&written, operator.version);
    let rules_case = rules::Case::new(&written, &effective, operator.version);
    let mut violations = rules::check(&rules_case, &[], &[]);
    violations.retain(|violation| violation.rule.entry.code == UNKNOWN_FIELD);
    violations
}

/// Whether the operator has accepted this generation of the Installation, even if not all of its
/// components are ready.
fn is_accepted(case: &Case, generation: Option<i64>) -> bool {
    let components = case.facts.components.value();
    let mut judges = components
        .into_iter()
        .flatten()
        .filter(|component| matches!(component.name.as_str(), "calico" | "ippools"))
        .peekable();
    judges.peek().is_some()
        && judges.all(|component| component.state != ComponentState::Degraded)
        && generation.is_some()
        && observed_generation(case.snapshot) >= generation
}

/// Whether CAL204, CAL208, CAL209 or CAL218 reports the violation, because the pools exist. One of the same range keeps
/// the operator from creating a pool with host bits or in another notation.
fn is_about_existing_pools(case: &Case, written: &Installation, violation: &Violation) -> bool {
    let rule = violation.rule.entry.code;
    let pools = written.pools.as_deref().unwrap_or_default();
    let existing = case.snapshot.ip_pools.items();
    let exists = |cidr: &str| existing.iter().any(|pool| pool.spec.cidr == cidr);
    let fields = violation.fields.iter();
    match rule {
        "cidr-host-bits" | "cidr-notation" => {
            let existing = existing
                .iter()
                .filter_map(|pool| pool.spec.cidr.parse().ok());
            let networks: Vec<Cidr> = existing.map(|cidr: Cidr| cidr.network()).collect();
            fields
                .map(|(index, _)| pools.get(*index)?.cidr.as_deref()?.parse().ok())
                .all(|cidr: Option<Cidr>| cidr.is_some_and(|it| networks.contains(&it.network())))
        }
        "pool-overlap" => fields
            .map(|(index, _)| pools.get(*index)?.cidr.as_deref())
            .all(|cidr| cidr.is_some_and(exists)),
        "node-selector-syntax" => pools.iter().enumerate().any(|(index, pool)| {
            violation.path.contains(&format!("[{index}]"))
                && pool.cidr.as_deref().is_some_and(exists)
        }),
        _ => false,
    }
}
