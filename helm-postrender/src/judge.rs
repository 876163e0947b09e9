//! Checks the rules, and finds where each violation comes from: a flag of this run, the cluster, or a
//! line of the stream.

use std::fmt;

use calico_core::cluster_plan::ClusterPlan;
use calico_core::installation::DEFAULT_NAME;
use calico_core::installation::path::POOLS;
use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;
use calico_core::rules::{self, Case, Enforcement, Rule, Verdict, Violation};

use crate::find::installation::LocatedInstallation;
use crate::plan::installation_view::InstallationView;
use crate::plan::model::{PoolPlan, ValueSource};
use crate::plan::request::flag;
use crate::read::place::Place;
use crate::read::stream::Stream;

/// A violation and its evidence.
#[derive(Clone)]
pub struct JudgedViolation {
    /// The violation.
    pub violation: Violation,
    /// What violates the rule.
    pub evidence: Evidence,
}

/// The value that violates a rule. Its field is the violation's.
#[derive(Clone)]
pub struct Evidence {
    /// The name of the Installation that has it.
    pub installation: String,
    /// The value, if the field exists and is a scalar.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone)]
pub enum Origin {
    /// Set by this run, because of a flag.
    Flag(String),
    /// Set by this run, because of what the cluster has or needs.
    Cluster(String),
    /// In the stream: the place of the field or, if it does not exist, of its nearest parent.
    Stream(Place),
}

/// The context in which the rules are checked.
pub(crate) struct Judge<'a> {
    pub(crate) stream: &'a Stream,
    pub(crate) operator: OperatorVersion,
    pub(crate) cluster: Option<&'a ClusterPlan>,
    /// The names of the rules whose violations are ignored.
    pub(crate) allowed: &'a [String],
    pub(crate) plans: &'a [PoolPlan],
}

/// An Installation to check.
pub(crate) struct Subject<'a> {
    pub(crate) located: &'a LocatedInstallation,
    /// The Installation that is merged over it.
    pub(crate) overlay: Option<&'a LocatedInstallation>,
    pub(crate) view: &'a InstallationView,
}

impl Judge<'_> {
    /// Checks the rules that `is_checked` picks.
    pub(crate) fn violations(
        &self,
        subject: &Subject,
        is_checked: fn(&Rule) -> bool,
    ) -> Vec<JudgedViolation> {
        let InstallationView { written, effective } = subject.view;
        let case = Case::new(written, effective, self.operator).on(self.cluster);
        let requested: Vec<(usize, Field)> = self.set_fields().chain(case.new_fields()).collect();
        let allowed: Vec<&str> = self.allowed.iter().map(String::as_str).collect();
        rules::check(&case, &requested, &allowed)
            .into_iter()
            .filter(|violation| is_checked(violation.rule))
            .map(|violation| JudgedViolation {
                evidence: self.evidence(subject, &violation.path),
                violation,
            })
            .collect()
    }

    /// The fields that this run sets, except to what an existing pool has.
    fn set_fields(&self) -> impl Iterator<Item = (usize, Field)> {
        self.plans.iter().flat_map(|plan| {
            plan.fields
                .iter()
                .filter(|field| !matches!(field.source, ValueSource::ExistingPool(_)))
                .map(|field| (plan.index, field.field))
        })
    }

    fn evidence(&self, subject: &Subject, path: &str) -> Evidence {
        let overlay = subject
            .overlay
            // The operator ignores the pools of an overlay.
            .filter(|overlay| !path.starts_with(POOLS) && overlay.field(path).exists);
        let located = overlay.unwrap_or(subject.located);
        if located.name == DEFAULT_NAME
            && let Some(evidence) = self.set_by_run(path)
        {
            return evidence;
        }
        let field = located.field(path);
        let value = located.tree.text(field.node).filter(|_| field.exists);
        let place = self
            .stream
            .place(located.document, located.field_start(path));
        Evidence {
            installation: located.name.clone(),
            value: value.map(str::to_owned),
            origin: Origin::Stream(place),
        }
    }

    /// The evidence of a field that this run sets.
    fn set_by_run(&self, path: &str) -> Option<Evidence> {
        self.plans.iter().find_map(|plan| {
            plan.fields.iter().find_map(|field| {
                let key = field.field.key();
                if path != plan.path(key) {
                    return None;
                }
                let value = field.new.as_ref()?;
                Some(Evidence {
                    installation: DEFAULT_NAME.to_owned(),
                    value: Some(value.to_string()),
                    origin: match &field.source {
                        ValueSource::Flag => Origin::Flag(format!("{} {value}", flag(field.field))),
                        source => Origin::Cluster(format!("{key} {value}, {source}")),
                    },
                })
            })
        })
    }
}

impl JudgedViolation {
    /// Whether nothing may be written because of it.
    pub(crate) fn is_refused(&self) -> bool {
        self.violation.verdict == Verdict::Refused
    }
}

impl fmt::Display for JudgedViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let violation = &self.violation;
        let rule = violation.rule;
        writeln!(
            f,
            "  [{}] {}: {}",
            rule.entry.code, violation.path, violation.problem
        )?;
        writeln!(f, "    evidence: {}", self.evidence.origin)?;
        writeln!(f, "    impact: {}", violation.impact)?;
        write!(f, "    fix: {}", violation.fix_with_flags())?;
        if self.is_refused() && !violation.is_placeholder {
            let when = match rule.enforcement {
                Enforcement::Unenforced | Enforcement::Safeguard | Enforcement::Advice => {
                    "to accept the risk"
                }
                Enforcement::Operator if violation.is_unnoticed => "to accept the risk",
                Enforcement::ApiServer | Enforcement::Operator => "if this rule is outdated",
            };
            write!(f, "\n    {when}: --allow {}", rule.entry.code)?;
        }
        if violation.more > 0 {
            write!(
                f,
                "\n  [{}] {} more like this",
                rule.entry.code, violation.more
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for JudgedViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(text) | Self::Cluster(text) => f.write_str(text),
            Self::Stream(place) => place.fmt(f),
        }
    }
}
