//! Whether the operator accepts the Installation: the rules that helm-postrender applies before an
//! install, applied to the one in the cluster.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::defaults::Effective;
use calico_core::installation::{DEFAULT_NAME, Installation, OVERLAY_NAME, path};
use calico_core::operator::OperatorVersion;
use calico_core::rules::{self, Enforcement, Verdict, Violation};
use serde_yaml::Value;

use super::reporting::observed_generation;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::components::ComponentState;
use crate::facts::installation::InstallationFacts;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS, OPERATORS, TIGERA_STATUSES};
use crate::views::objects::{default_installation, overlay_installation};

/// The rule of the fields that the operator's CRD does not have.
const UNKNOWN_FIELD: &str = "unknown-field";

pub(crate) const RULE_BROKEN: Check = Check {
    entry: Entry {
        code: "CAL110",
        title: "the Installation violates a rule of the operator",
        meaning: "The installed operator rejects a value in the Installation, or accepts it and \
                  cannot undo it later.",
        impact: "The API server accepts almost any string. The operator rejects it minutes later, \
                 reports that in a condition, and applies no changes until it is corrected. An \
                 invalid value that the operator accepts, such as a CIDR with host bits set, ends \
                 up in a pool that can be neither changed nor deleted.",
        criteria: "The rules for the operator's version (kubectl calico explain --list) are applied to the default \
                   Installation, alone and merged with the one named overlay, after the operator's own defaults. \
                   Rules that the API server enforces cannot be violated in a cluster. Host bits and overlaps of \
                   existing pools are reported as CAL209, CAL208 and CAL204.\n\
                   - Error: the operator rejects it, and does not report that it has accepted this generation.\n\
                   - Error: pools overlap, and pools exist already. Calico's API then rejects the new one.\n\
                   - Warning: nothing enforces the rule, or the rules for the operator's version are not known.",
        fix: "Change the field that the finding names where the Installation is defined: in the \
              Helm values, in Git, or in the cluster.",
        source: "tigera/operator 1.30 to 1.44, pkg/controller/installation/validation.go and \
                 pkg/controller/ippool/validation.go",
    },
    needs: &[&INSTALLATIONS, &OPERATORS],
    // What the operator has accepted before, or has already made pools of.
    excuses: &[&IP_POOLS, &TIGERA_STATUSES],
    judges: Judges::Configured,
    find: |case| broken(case, true),
};

/// The rules that the Installation breaks; `excused` by the operator, if it has accepted it.
pub(crate) fn broken(case: &Case, excused: bool) -> Vec<Finding> {
    let Some(operator) = Operator::of(case) else {
        return Vec::new();
    };
    violations(case, &operator, excused)
        .iter()
        .map(|violation| finding(case, &operator, violation))
        .collect()
}

/// The operator whose rules apply.
struct Operator {
    version: OperatorVersion,
    /// Whether the rules of its version are known.
    known: bool,
    /// Whether a proposal does not contain it: the newest one is assumed.
    assumed: bool,
}

impl Operator {
    /// The installed one, if its version can be read.
    fn of(case: &Case) -> Option<Self> {
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

fn violations(case: &Case, operator: &Operator, excused: bool) -> Vec<Violation> {
    // One that is being deleted is only removed.
    let Some(installation) = default_installation(case.snapshot)
        .filter(|found| found.metadata.deletion_timestamp.is_none())
    else {
        return Vec::new();
    };
    let generation = installation.metadata.generation;
    let is_accepted = excused && is_accepted(case, generation);
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
    if let Some(overlay) = overlay_installation(case.snapshot) {
        let merged = written.overlaid(Installation::read(&overlay.document()));
        let mut merged = violations_of(case, operator, state, &merged);
        merged.retain(|violation| !found.iter().any(|other| other.repeats(violation)));
        found.extend(merged);
    }
    found
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
/// the operator from creating a pool with host bits.
fn is_about_existing_pools(case: &Case, written: &Installation, violation: &Violation) -> bool {
    let rule = violation.rule.entry.code;
    let pools = written.pools.as_deref().unwrap_or_default();
    let existing = case.snapshot.ip_pools.items();
    let exists = |cidr: &str| existing.iter().any(|pool| pool.spec.cidr == cidr);
    let fields = violation.fields.iter();
    match rule {
        "cidr-host-bits" => {
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

fn finding(case: &Case, operator: &Operator, violation: &Violation) -> Finding {
    let rule = violation.rule;
    let is_rejected = is_rejected_by_api(case, violation);
    let severity = match violation.verdict {
        _ if is_rejected => Severity::Error,
        Verdict::Refused if operator.known && !depends_on_version(case, operator, violation) => {
            Severity::Error
        }
        _ => Severity::Warning,
    };
    let message = format!(
        "{}: {} (rule {}{})",
        violation.path,
        violation.problem,
        rule.entry.code,
        if operator.assumed {
            format!("; operator {} assumed", operator.version)
        } else {
            String::new()
        }
    );
    let mut finding = Finding::new(
        &RULE_BROKEN.entry,
        severity,
        ObjectRef::installation(),
        message,
    )
    .evidence(
        ObjectRef::installation(),
        &violation.path,
        if rule.entry.code == UNKNOWN_FIELD {
            "set".to_owned()
        } else {
            value_at(case, &violation.path)
        },
    );
    if overlay_installation(case.snapshot).is_some() {
        finding = finding.exists(ObjectRef::overlay());
    }
    let install = &case.facts.install;
    let finding = install
        .operator
        .from()
        .iter()
        .fold(finding, |finding, from| {
            finding.read(from, operator.version)
        })
        .impact(if is_rejected {
            "Calico's API rejects the operator's new pool (IPPool CIDR overlaps): TigeraStatus ippools \
             becomes Degraded, and the operator changes no pool"
        } else {
            &violation.impact
        })
        .in_manifest(&violation.fix);
    if let Some(platform) = install.only_as_shipped() {
        return finding.fix(format!(
            "revert the change to the Installation that caused this: {} manages the Installation and reverts \
             what others change",
            platform.name()
        ));
    }
    let finding = finding.fix(install.lasting(&violation.fix));
    if install.is_changed_elsewhere() {
        finding
    } else {
        finding.paste("kubectl edit installations.operator.tigera.io default")
    }
}

/// Whether Calico's API rejects a pool of the Installation: the operator creates only its first ones past it.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; projectcalico/calico v3.32.1,
/// libcalico-go/lib/clientv3/ippool.go.
fn is_rejected_by_api(case: &Case, violation: &Violation) -> bool {
    let asked = case.facts.installation.as_ref();
    violation.rule.entry.code == "pool-overlap"
        && asked.is_some_and(InstallationFacts::changes_existing_pools)
        && !case.snapshot.basis.is_proposal()
        && !case.facts.known_pools().is_empty()
}

/// Whether another version than the assumed one might not reject it.
fn depends_on_version(case: &Case, operator: &Operator, violation: &Violation) -> bool {
    let oldest = Operator {
        version: OperatorVersion::OLDEST,
        ..*operator
    };
    operator.assumed
        && !violations(case, &oldest, false)
            .iter()
            .any(|other| other.repeats(violation))
}

/// The Installation's value at a path like `spec.calicoNetwork.ipPools[0].cidr`.
fn value_at(case: &Case, path: &str) -> String {
    let Some(installation) = default_installation(case.snapshot) else {
        return String::new();
    };
    match path::value_at(&installation.document(), path) {
        None | Some(Value::Null) => "not set".to_owned(),
        Some(value) => match serde_json::to_string(value) {
            Ok(text) => text.trim_matches('"').to_owned(),
            Err(_) => "cannot be shown".to_owned(),
        },
    }
}
