//! From a stream and what is wanted to the stream that goes out: locate, plan, splice, verify,
//! judge. Pure: it reads and writes nothing but its arguments.

use std::ops::Range;

use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;
use calico_core::rules::{self, Case, Judgement, Verdict};
use calico_core::text::{MOST, shown};
use serde_yaml::Value;

use crate::absent;
use crate::error::{Error, Refusal};
use crate::form::{self, Obstacle};
use crate::go;
use crate::judge::Judged;
use crate::locate::{self, Located};
use crate::operator::{self, Operator, Source};
use crate::plan::{self, PoolPlan, PoolView};
use crate::splice;
use crate::stream::Stream;
use crate::tree::Tree;
use crate::verify;
use crate::wanted::Wanted;

/// What a run is told.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The fields to set.
    pub wanted: Wanted,
    /// Names of rules to let through.
    pub allowed: Vec<String>,
    /// The operator whose rules apply, instead of what the stream says.
    pub operator: Option<OperatorVersion>,
    /// Let a stream without an Installation through.
    pub if_present: bool,
}

/// What a run found and decided.
#[derive(Default)]
pub struct Outcome {
    /// The Installation's name, its document, and its first byte there.
    pub installation: Option<(String, usize, usize)>,
    /// Whose rules were applied.
    pub operator: Option<Operator>,
    /// The fields that were asked for, and what becomes of each.
    pub plans: Vec<PoolPlan>,
    /// What the operator will still fill in: by pool, key and value.
    pub filled: Vec<(usize, Vec<(&'static str, String)>)>,
    /// Whether the rules were applied.
    pub was_judged: bool,
    /// Broken rules.
    pub judged: Vec<Judged>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// The bytes to replace, and with what; none where the stream goes out as it came.
    pub replacement: Option<Replacement>,
}

/// A document's text, and what takes its place.
pub struct Replacement {
    /// Its bytes in the stream.
    pub range: Range<usize>,
    /// What they become.
    pub text: String,
}

/// Filters a stream. The outcome tells what was found even where the run is refused.
pub fn filter(stream: &Stream, options: &Options) -> (Outcome, Result<(), Error>) {
    let mut outcome = Outcome::default();
    let result = decide(stream, options, &mut outcome);
    (outcome, result)
}

fn decide(stream: &Stream, options: &Options, outcome: &mut Outcome) -> Result<(), Error> {
    let mut found = locate::installations(stream)?;
    let operator = options.operator.map_or_else(
        || operator::version(stream),
        |version| Operator {
            version,
            source: Source::Flag,
        },
    );
    outcome.operator = Some(operator);
    outcome.notes.extend(version_note(operator));
    let unreadable = found.unreadable.iter().take(MOST);
    outcome.notes.extend(
        unreadable
            .map(|refusal| format!("left alone, though it mentions an Installation: {refusal}")),
    );
    if let Some(more @ 1..) = found.unreadable.len().checked_sub(MOST) {
        outcome
            .notes
            .push(format!("and {more} more documents like it"));
    }
    let Some(located) = found.default.take() else {
        if absent::is_hooks_only(stream) {
            outcome
                .notes
                .push("every document is a Helm hook: nothing to edit".to_owned());
            return Ok(());
        }
        let is_absent = absent::is_absent(stream, &found);
        let nothing = absent::refusal(stream, found);
        if options.if_present && is_absent {
            outcome.notes.push(format!("nothing to edit: {nothing}"));
            return Ok(());
        }
        return Err(nothing.into());
    };
    let start = located.offset + located.tree.node(located.root).span.start;
    outcome.installation = Some((located.name.clone(), located.document, start));

    let refuse = |obstacle: Obstacle| refusal(stream, &located, obstacle);
    form::check(&located).map_err(refuse)?;
    let overlay = match &found.overlay {
        None => None,
        Some(overlay) => {
            form::check(overlay).map_err(|obstacle| refusal(stream, overlay, obstacle))?;
            let document = verify::read(stream, overlay)?;
            let written = installation(overlay, &overlay.text, &overlay.tree, &document)?;
            Some(written)
        }
    };
    let before = verify::read(stream, &located)?;
    let written = installation(&located, &located.text, &located.tree, &before)?;
    let (written, effective) = judged_as(written, overlay.as_ref(), operator);
    let pools = written.pools.as_deref().unwrap_or_default();
    let views: Vec<PoolView> = pools
        .iter()
        .zip(&effective.pools)
        .map(|(written, effective)| PoolView { written, effective })
        .collect();
    let of_installation = |refusal: Refusal| {
        let place = stream.place(located.document, start);
        refusal.placed(place).of("Installation default")
    };
    let plans = plan::plan(&views, &options.wanted).map_err(of_installation)?;

    let edits = splice::edits(&located, &plans).map_err(refuse)?;
    let text = splice::apply(&located.text, &edits);
    let (tree, after) =
        verify::verify(&located, &before, &plans, &text).map_err(of_installation)?;

    let written = installation(&located, &text, &tree, &after)?;
    let (written, effective) = judged_as(written, overlay.as_ref(), operator);
    let judgements = judge(
        options,
        &Case::new(&written, &effective, operator.version),
        &plans,
    );
    outcome.was_judged = true;
    outcome.judged = Judged::all(judgements, stream, &located, &plans);
    for (index, pool) in effective.pools.iter().enumerate() {
        outcome.filled.push((index, pool.filled.clone()));
    }
    outcome
        .notes
        .extend(family_note(pools.is_empty(), &effective));
    if !edits.is_empty() {
        let document = stream.documents().get(located.document).cloned();
        let document = document.unwrap_or_default();
        outcome.replacement = Some(Replacement {
            range: document.start + located.offset..document.end,
            text,
        });
    }
    outcome.plans = plans;
    if outcome
        .judged
        .iter()
        .any(|judged| judged.judgement.verdict == Verdict::Refused)
    {
        outcome.replacement = None;
        return Err(Error::Rules(std::mem::take(&mut outcome.judged)));
    }
    Ok(())
}

fn refusal(stream: &Stream, located: &Located, obstacle: Obstacle) -> Refusal {
    obstacle
        .refusal(stream, located.document, located.offset)
        .of(format!("Installation {}", shown(&located.name)))
}

/// The Installation in a document, old or new, as Go reads it.
fn installation(
    located: &Located,
    text: &str,
    tree: &Tree,
    document: &Value,
) -> Result<Installation, Refusal> {
    let document = go::reading(text, tree, document).map_err(|error| {
        let what = "the document cannot be read as Go reads it";
        Refusal::new(format!("{what}: {}", shown(error.to_string())))
            .of(format!("Installation {}", shown(&located.name)))
            .fix("put values such as yes, on and 012 in quotes, and please report this")
    })?;
    Ok(Installation::read(verify::installation(&document, located)))
}

/// The Installation as the operator judges it, with its defaults.
fn judged_as(
    written: Installation,
    overlay: Option<&Installation>,
    operator: Operator,
) -> (Installation, Effective) {
    let written = match overlay {
        Some(overlay) => written.overlaid(overlay.clone()),
        None => written,
    };
    let effective = Effective::of(&written, operator.version);
    (written, effective)
}

fn judge(options: &Options, case: &Case, plans: &[PoolPlan]) -> Vec<Judgement> {
    let asked: Vec<(usize, Field)> = plans
        .iter()
        .flat_map(|plan| plan.fields.iter().map(|field| (plan.index, field.field)))
        .collect();
    let allowed: Vec<&str> = options.allowed.iter().map(String::as_str).collect();
    rules::judge(case, &asked, &allowed)
}

fn version_note(operator: Operator) -> Option<String> {
    let Operator { version, .. } = operator;
    if version < OperatorVersion::OLDEST {
        Some(format!(
            "operator {version} is older than {}, the oldest whose rules are known here: \
             the rules of that one were applied",
            OperatorVersion::OLDEST
        ))
    } else if version.since(44) {
        Some(format!(
            "operator {version} is newer than {}, the newest whose rules are known here: \
             the rules of that one were applied",
            OperatorVersion::NEWEST
        ))
    } else {
        None
    }
}

/// Naming one family's pool turns off what the operator would have made for the other.
fn family_note(had_none: bool, effective: &Effective) -> Option<String> {
    let mut families: Vec<_> = effective
        .pools
        .iter()
        .filter_map(|pool| pool.family())
        .collect();
    families.dedup();
    let [family] = families.as_slice() else {
        return None;
    };
    had_none.then(|| {
        format!(
            "with an {family} pool named, the operator no longer takes pools from the pod network \
             of the cluster: in a dual-stack cluster, name one for the other family too"
        )
    })
}
