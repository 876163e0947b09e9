//! Whether the operator takes the Installation as it is: the rules that helm-postrender applies
//! before an install, applied to the live one.

use calico_core::catalog::Entry;
use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_core::rules::{self, Enforcement, Verdict, Violation};
use serde_yaml::Value;

use super::reporting::observed_generation;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::components::State;
use crate::assess::finding::{Finding, Severity};
use crate::assess::views::objects::{default_installation, overlay_installation};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{INSTALLATIONS, OPERATORS};

pub(crate) const RULE_BROKEN: Check = Check {
    entry: Entry {
        code: "CAL110",
        title: "the Installation breaks a rule of the operator",
        meaning: "The operator, in the version that runs, refuses something in the Installation, or \
                accepts it and cannot undo it later.",
        impact: "The API server takes almost any text. The operator refuses it minutes later, \
                  says so in a condition, and then changes nothing at all until it is corrected. \
                  What it accepts and should not, such as a CIDR with bits past its prefix, ends \
                  up in a pool that can be neither changed nor deleted.",
        criteria: "By the rules in docs/rules.md, for the operator's version, on the Installation \
                 default with the one named overlay laid over it, after the operator's own \
                 defaults. It is an error where the operator refuses it, unless it reports that \
                 it has taken this very generation; and a warning where nobody refuses it, or the \
                 operator is of a version whose rules are not known here. What the API server \
                 would have refused cannot be there. Host bits and overlaps of pools that are live \
                 are CAL209 and CAL204.",
        fix: "Change the field that the finding names, where the Installation comes from: in \
              Helm's values, in Git, or in the cluster.",
        source: "tigera/operator 1.30 to 1.42, pkg/controller/installation/validation.go and \
                 pkg/controller/ippool/validation.go",
    },
    needs: &[&INSTALLATIONS, &OPERATORS],
    judges: Judges::Running,
    find: |case| {
        let Some(operator) = Operator::of(case) else {
            return Vec::new();
        };
        let broken = broken(case, &operator);
        broken
            .iter()
            .map(|violation| finding(case, &operator, violation))
            .collect()
    },
};

/// The operator that judges.
struct Operator {
    version: OperatorVersion,
    /// Whether its rules are known here.
    known: bool,
}

impl Operator {
    /// The one that runs. Without a version that can be read there is nothing to judge by.
    fn of(case: &Case) -> Option<Self> {
        let version: OperatorVersion = case.facts.install.operator.value()?.parse().ok()?;
        let newest = OperatorVersion::NEWEST;
        Some(Self {
            version,
            known: version >= OperatorVersion::OLDEST
                && (version.major, version.minor) <= (newest.major, newest.minor),
        })
    }
}

fn broken(case: &Case, operator: &Operator) -> Vec<Violation> {
    let Some(installation) = default_installation(case.snapshot) else {
        return Vec::new();
    };
    let mut written = Installation::read(&installation.document());
    if let Some(overlay) = overlay_installation(case.snapshot) {
        written = written.overlaid(Installation::read(&overlay.document()));
    }
    let effective = Effective::of(&written, operator.version);
    let judged = rules::Case::new(&written, &effective, operator.version);
    // A field that the CRD does not have was dropped: one that is there is known to this operator.
    let mut broken = rules::check(&judged, &[], &["unknown-field"]);
    let accepted = is_accepted(case, installation.metadata.generation);
    broken.retain(|violation| match violation.verdict {
        Verdict::Refused => violation.rule.enforcement != Enforcement::ApiServer && !accepted,
        Verdict::Warned => !is_said_of_live_pools(case, &written, violation),
        Verdict::Allowed => false,
    });
    broken
}

/// Whether the operator has looked at this very state of the Installation and has nothing against
/// it, whether all that it makes of it is ready or not.
fn is_accepted(case: &Case, generation: Option<i64>) -> bool {
    let components = case.facts.components.value();
    let mut judges = components
        .into_iter()
        .flatten()
        .filter(|component| matches!(component.name.as_str(), "calico" | "ippools"))
        .peekable();
    judges.peek().is_some()
        && judges.all(|component| component.state != State::Degraded)
        && generation.is_some()
        && observed_generation(case.snapshot) >= generation
}

/// Whether the pools are live that a trap of CAL204 or CAL209 is about, which then have fallen into
/// it.
fn is_said_of_live_pools(case: &Case, written: &Installation, violation: &Violation) -> bool {
    let rule = violation.rule.entry.code;
    let pools = written.pools.as_deref().unwrap_or_default();
    let about = violation.fields.iter();
    let mut cidrs = about.map(|(index, _)| pools.get(*index)?.cidr.as_deref());
    let live = case.snapshot.ip_pools.items();
    let is_live = |cidr: &str| live.iter().any(|pool| pool.spec.cidr == cidr);
    matches!(rule, "cidr-host-bits" | "pool-overlap") && cidrs.all(|cidr| cidr.is_some_and(is_live))
}

fn finding(case: &Case, operator: &Operator, violation: &Violation) -> Finding {
    let rule = violation.rule;
    let severity = match violation.verdict {
        Verdict::Refused if operator.known => Severity::Error,
        _ => Severity::Warning,
    };
    let message = format!(
        "{}: {} (rule {})",
        violation.path, violation.problem, rule.entry.code
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
        value_at(case, &violation.path),
    );
    if overlay_installation(case.snapshot).is_some() {
        finding = finding.exists(ObjectRef::overlay());
    }
    let version = &case.facts.install.operator;
    version
        .from()
        .iter()
        .fold(finding, |finding, from| {
            finding.read(from, operator.version)
        })
        .impact(&violation.impact)
        .fix(case.facts.install.lasting(&violation.fix))
        .paste("kubectl edit installations.operator.tigera.io default")
}

/// What stands in the Installation at a path like `spec.calicoNetwork.ipPools[0].cidr`.
fn value_at(case: &Case, path: &str) -> String {
    let Some(installation) = default_installation(case.snapshot) else {
        return String::new();
    };
    let document = installation.document();
    let step = |value: &Value, key: &str| match key.split_once('[') {
        None => value.get(key).cloned(),
        Some((key, index)) => {
            let index: usize = index.trim_end_matches(']').parse().ok()?;
            value.get(key)?.get(index).cloned()
        }
    };
    match path
        .split('.')
        .try_fold(document, |value, key| step(&value, key))
    {
        None | Some(Value::Null) => "not set".to_owned(),
        Some(value) => match serde_json::to_string(&value) {
            Ok(text) => text.trim_matches('"').to_owned(),
            Err(_) => "cannot be shown".to_owned(),
        },
    }
}
