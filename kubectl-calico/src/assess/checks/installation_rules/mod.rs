//! Whether the operator accepts the Installation: the rules that helm-postrender applies before an
//! install, applied to the one in the cluster.

mod violations;

use calico_core::catalog::Entry;
use calico_core::installation::path;
use calico_core::operator::OperatorVersion;
use calico_core::rules::{Verdict, Violation};
use serde_yaml::Value;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::installation::InstallationFacts;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS, OPERATORS, TIGERA_STATUSES};
use crate::views::objects::{default_installation, overlay_installation};
pub(crate) use violations::Acceptance;
use violations::{Operator, UNKNOWN_FIELD, violations};

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
    find: |case| broken(case, Acceptance::Counts),
};

/// The rules that the Installation breaks.
pub(crate) fn broken(case: &Case, acceptance: Acceptance) -> Vec<Finding> {
    let Some(operator) = Operator::of(case) else {
        return Vec::new();
    };
    violations(case, &operator, acceptance)
        .iter()
        .map(|(violation, is_by_overlay)| finding(case, &operator, violation, *is_by_overlay))
        .collect()
}

fn finding(
    case: &Case,
    operator: &Operator,
    violation: &Violation,
    is_by_overlay: bool,
) -> Finding {
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
    if is_by_overlay {
        return finding
            .fix(install.lasting(format!(
                "{}; what the Installation overlay sets must be changed there, because it is laid over the default one",
                violation.fix
            )))
            .paste(
                "kubectl edit installations.operator.tigera.io overlay\n\
                 kubectl edit installations.operator.tigera.io default",
            );
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
        && !violations(case, &oldest, Acceptance::Ignored)
            .iter()
            .any(|(other, _)| other.repeats(violation))
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
