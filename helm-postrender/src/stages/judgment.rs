//! What the rules say about the result.

use calico_core::installation::Installation;
use calico_core::rules::Rule;

use crate::error::Error;
use crate::find::installation::LocatedInstallation;
use crate::judge::{Judge, JudgedViolation, Subject};
use crate::notes;
use crate::outcome::{PoolDefaults, Replacement};
use crate::plan::model::PoolPlan;
use crate::stages::Context;
use crate::stages::draft::Draft;
use crate::stages::field_plans::FieldPlans;
use crate::stages::interpretation::Interpretation;

/// What the rules say about the result.
#[derive(Default)]
pub(crate) struct Judgment {
    pub(crate) pools: Vec<PoolPlan>,
    pub(crate) defaults: Vec<PoolDefaults>,
    pub(crate) violations: Vec<JudgedViolation>,
    pub(crate) notes: Vec<String>,
    /// None if nothing changes, or a violation is refused.
    pub(crate) replacement: Option<Replacement>,
}

impl Judgment {
    /// Checks the rules for the Installation, edited or not.
    pub(crate) fn of(
        context: &Context,
        interpretation: &Interpretation,
        plans: FieldPlans,
        draft: Option<Draft>,
        allowed: &[String],
    ) -> Self {
        let (written, view) = match &draft {
            Some(draft) => (&draft.written, &draft.view),
            None => (&interpretation.written, &interpretation.view),
        };
        let judge = Judge {
            stream: context.stream,
            operator: context.operator,
            cluster: context.cluster,
            allowed,
            plans: &plans.pools,
        };
        let together = Subject {
            located: context.installation,
            overlay: context.overlay,
            view,
        };
        let violations = match context.overlay.zip(interpretation.overlay.as_ref()) {
            None => judge.violations(&together, |_| true),
            // The API server sees each alone. The operator validates the default one alone, then the
            // two together (tigera/operator v1.42.3,
            // pkg/controller/installation/core_controller.go).
            Some((overlay, settings)) => {
                let mut found =
                    violations_alone(context, &judge, context.installation, written, |_| true);
                found.extend(violations_alone(
                    context,
                    &judge,
                    overlay,
                    settings,
                    Rule::is_of_schema,
                ));
                let merged = judge.violations(&together, |rule| !rule.is_of_schema());
                let is_new = |one: &JudgedViolation| {
                    !found
                        .iter()
                        .any(|other| other.violation.repeats(&one.violation))
                };
                let merged: Vec<_> = merged.into_iter().filter(is_new).collect();
                found.extend(merged);
                found
            }
        };
        let is_refused = violations.iter().any(JudgedViolation::is_refused);
        let adds_first_pools =
            interpretation.view.effective.pools.is_empty() && context.cluster.is_none();
        let only_family = notes::only_family(&view.effective).filter(|_| adds_first_pools);
        Self {
            defaults: PoolDefaults::of(&view.effective),
            violations,
            notes: only_family.into_iter().collect(),
            replacement: draft
                .filter(|_| !is_refused)
                .map(|draft| replacement(context, draft.text)),
            pools: plans.pools,
        }
    }

    /// The error of violations that are refused.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refused: Vec<JudgedViolation> = self
            .violations
            .iter()
            .filter(|violation| violation.is_refused())
            .cloned()
            .collect();
        if refused.is_empty() {
            Ok(())
        } else {
            Err(Error::Rules(refused))
        }
    }
}

fn violations_alone(
    context: &Context,
    judge: &Judge,
    located: &LocatedInstallation,
    written: &Installation,
    is_checked: fn(&Rule) -> bool,
) -> Vec<JudgedViolation> {
    let subject = Subject {
        located,
        overlay: None,
        view: &context.view(written, None),
    };
    judge.violations(&subject, is_checked)
}

fn replacement(context: &Context, text: String) -> Replacement {
    let installation = context.installation;
    let document = context.stream.documents().get(installation.document);
    let start = document.map_or(0, |range| range.start) + installation.offset;
    Replacement {
        range: start..start + installation.text.len(),
        text,
    }
}
