//! Checking an Installation against the rules.

use crate::installation::path::pool_index;
use crate::pool::Field;
use crate::text::MOST;

use super::case::Case;
use super::details::Details;
use super::placeholder;
use super::rule::{Enforcement, Rule};
use super::table::{CLUSTER_RULES, RULES};

/// One place where a rule is broken.
#[derive(Clone)]
pub struct Violation {
    /// The rule.
    pub rule: &'static Rule,
    /// The verdict.
    pub verdict: Verdict,
    /// The field, such as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub path: String,
    /// The fields that it depends on: index of the pool, and field.
    pub fields: Vec<(usize, Field)>,
    /// What is wrong.
    pub problem: String,
    /// What would have happened, and where it would have become visible.
    pub impact: String,
    /// What to do, in any tool.
    pub fix: String,
    /// Which flags of `helm-postrender` do it, such as `as with --cidr`.
    pub flags: Option<&'static str>,
    /// Whether the value is a placeholder: then the rule cannot be outdated.
    pub is_placeholder: bool,
    /// Whether the operator does not notice it: it validates the pools of another Installation.
    pub is_unnoticed: bool,
    /// How many more violations of the same rule with the same verdict were found and left out.
    /// Only the last one that is listed has any.
    pub more: usize,
}

impl Violation {
    /// Whether it reports the same about the same field as another one.
    pub fn repeats(&self, other: &Self) -> bool {
        self.rule.entry.code == other.rule.entry.code && self.path == other.path
    }

    /// The fix, with the flags of `helm-postrender` if there are any.
    pub fn fix_with_flags(&self) -> String {
        let flags = self.flags.map(|flags| format!(", {flags}"));
        format!("{}{}", self.fix, flags.unwrap_or_default())
    }
}

const UNNOTICED: &str = "the operator does not notice it, because it validates the pools of the Installation \
                         overlay; but it creates this pool, which does not work with the overlay's settings";

/// The consequence of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing may be written.
    Refused,
    /// Reported only: nothing enforces the rule, and this run does not set the field.
    Warned,
    /// Mentioned only: a likely mistake, and nothing is known of the cluster.
    Noted,
    /// Reported only: `--allow` names the rule.
    Allowed,
}

/// Checks `case` against every rule.
///
/// What the API server or the operator would reject is refused. A violation of an unenforced rule
/// is refused only if it depends on a field that this run sets (`requested`: index of the pool, and
/// field), so that an old mistake does not block every later run. Advice refuses nothing. Violations of the rules with the
/// codes in `allowed` are let through.
pub fn check(case: &Case, requested: &[(usize, Field)], allowed: &[&str]) -> Vec<Violation> {
    let cluster_rules = case.cluster.map_or(&[][..], |_| CLUSTER_RULES);
    let mut violations: Vec<Violation> = Vec::new();
    for rule in RULES.iter().chain(cluster_rules) {
        for details in (rule.check)(case) {
            let verdict = verdict(rule, case, &details.fields, requested, allowed);
            let last_listed = violations
                .iter_mut()
                .filter(|other| std::ptr::eq(other.rule, rule) && other.verdict == verdict)
                .nth(MOST - 1);
            if let Some(last) = last_listed {
                last.more += 1;
            } else {
                violations.push(violation(case, rule, verdict, details));
            }
        }
    }
    violations
}

fn verdict(
    rule: &Rule,
    case: &Case,
    fields: &[(usize, Field)],
    requested: &[(usize, Field)],
    allowed: &[&str],
) -> Verdict {
    let is_requested = fields.iter().any(|field| requested.contains(field));
    if allowed.contains(&rule.entry.code) {
        Verdict::Allowed
    } else if rule.enforcement == Enforcement::Advice {
        match case.cluster {
            Some(_) => Verdict::Warned,
            None => Verdict::Noted,
        }
    } else if rule.enforcement == Enforcement::Unenforced && !is_requested {
        Verdict::Warned
    } else {
        Verdict::Refused
    }
}

fn violation(case: &Case, rule: &'static Rule, verdict: Verdict, found: Details) -> Violation {
    let placeholder = placeholder::explained(case, &found);
    let is_placeholder = placeholder.is_some();
    let mut details = placeholder.unwrap_or(found);
    let is_unnoticed =
        rule.enforcement == Enforcement::Operator && case.hides(pool_index(&details.path));
    if is_unnoticed {
        details.impact = UNNOTICED.to_owned();
    }
    Violation {
        rule,
        verdict,
        is_placeholder,
        is_unnoticed,
        path: details.path,
        fields: details.fields,
        problem: details.problem,
        impact: details.impact,
        fix: details.fix,
        flags: details.flags,
        more: 0,
    }
}
