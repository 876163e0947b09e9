//! From a stream and what is wanted to the stream that goes out: locate, plan, splice, verify,
//! judge. Pure: it reads and writes nothing but its arguments.

use std::ops::Range;

use calico_core::cluster_plan;
use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_core::rules::{Enforcement, Verdict};
use calico_core::text::shown;

use crate::cluster::Cluster;
use crate::edit::splice;
use crate::edit::verify;
use crate::error::Error;
use crate::find;
use crate::find::go_yaml;
use crate::find::located::Located;
use crate::find::no_installation;
use crate::find::obstacle::{self, Obstacle};
use crate::find::operator::{self, Operator, Source};
use crate::find::second_parser;
use crate::judge::{self, Court, Judged};
use crate::notes;
use crate::plan;
use crate::plan::cluster_fill::Fill;
use crate::plan::model::{PoolPlan, PoolView};
use crate::plan::request::Wanted;
use crate::read::stream::Stream;
use crate::read::text_edit;
use crate::refusal::Refusal;

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
    /// The cluster that the stream goes to, where that is known.
    pub cluster: Option<Cluster>,
}

/// What a run found and decided.
#[derive(Default)]
pub struct Outcome {
    /// The Installation's name, its document, and its first byte there.
    pub installation: Option<(String, usize, usize)>,
    /// Whose rules were applied.
    pub operator: Option<Operator>,
    /// The cluster that was read.
    pub cluster: Option<Cluster>,
    /// The fields that were asked for or missing, and what becomes of each.
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
    let mut outcome = Outcome {
        cluster: options.cluster.clone(),
        ..Outcome::default()
    };
    let result = decide(stream, options, &mut outcome);
    (outcome, result)
}

fn decide(stream: &Stream, options: &Options, outcome: &mut Outcome) -> Result<(), Error> {
    let mut found = find::installations(stream)?;
    let operator = options.operator.map_or_else(
        || operator::version(stream),
        |version| Operator {
            version,
            source: Source::Flag,
        },
    );
    outcome.operator = Some(operator);
    outcome.notes.extend(notes::version(operator));
    outcome.notes.extend(notes::unreadable(&found.unreadable));
    let misnamed = found.misnamed.iter();
    let misnamed = misnamed.filter(|_| found.default.is_some());
    outcome.notes.extend(misnamed.map(|located| {
        let place = stream.place(located.document, located.start());
        notes::misnamed(&located.name, place)
    }));
    let Some(located) = found.default.take() else {
        let are_none = found.misnamed.is_empty() && found.overlay.is_none();
        if are_none && no_installation::is_hooks_only(stream) {
            outcome
                .notes
                .push("every document is a Helm hook: nothing to edit".to_owned());
            return Ok(());
        }
        let is_absent = no_installation::is_absent(stream, &found);
        let nothing = no_installation::refusal(stream, found);
        if options.if_present && is_absent {
            outcome.notes.push(format!("nothing to edit: {nothing}"));
            return Ok(());
        }
        return Err(nothing.into());
    };
    let start = located.start();
    outcome.installation = Some((located.name.clone(), located.document, start));

    let refuse = |obstacle: Obstacle| refusal(stream, &located, obstacle);
    obstacle::check(&located).map_err(refuse)?;
    let overlay = match &found.overlay {
        None => None,
        Some(overlay) => {
            obstacle::check(overlay).map_err(|obstacle| refusal(stream, overlay, obstacle))?;
            let document = second_parser::read(stream, overlay)?;
            let (text, tree) = (&overlay.text, &overlay.tree);
            Some((
                overlay,
                go_yaml::installation(overlay, text, tree, &document)?,
            ))
        }
    };
    let before = second_parser::read(stream, &located)?;
    let written = go_yaml::installation(&located, &located.text, &located.tree, &before)?;
    let over = overlay.as_ref().map(|(_, written)| written);
    let cluster = options.cluster.as_ref().map(|cluster| &cluster.plan);
    let (mut written, mut effective) = laid_under(&written, over, operator, cluster);
    let had_none = effective.pools.is_empty();
    let fill = |plan| {
        let wanted = &options.wanted;
        Fill::new(plan, operator.version, &written, &effective, wanted)
    };
    let fill = cluster.map(fill);
    if let Some(fill) = &fill {
        (written, effective) = laid_under(&fill.added_to(written), None, operator, cluster);
        outcome.notes.extend_from_slice(fill.notes());
    }
    let pools = written.pools.as_deref().unwrap_or_default();
    let views: Vec<PoolView> = pools
        .iter()
        .zip(&effective.pools)
        .map(|(written, effective)| PoolView { written, effective })
        .collect();
    let of_pools = |refusal: Refusal| {
        let at = located.offset + judge::offset(&located, "spec.calicoNetwork.ipPools");
        let refusal = refusal.at(stream, located.document, at);
        refusal.of("Installation default")
    };
    let mut plans = plan::plan(&views, &options.wanted).map_err(of_pools)?;
    if let Some(fill) = &fill {
        plans = fill.complete(plans, &views).map_err(of_pools)?;
    }

    let edits = splice::edits(&located, &plans).map_err(refuse)?;
    let text = text_edit::apply(&located.text, &edits);
    let (tree, after) = verify::verify(&located, &before, &plans, &text).map_err(of_pools)?;

    let own = go_yaml::installation(&located, &text, &tree, &after)?;
    let (seen, effective) = laid_under(&own, over, operator, cluster);
    let court = Court::new(stream, operator.version, cluster, &options.allowed, &plans);
    outcome.was_judged = true;
    outcome.judged = match &overlay {
        None => court.judge(&located, None, &own, |_| true),
        // The API server sees each by itself, the operator the two together.
        Some((place, overlay)) => {
            let mut judged = court.judge(&located, None, &own, Enforcement::is_api_server);
            judged.extend(court.judge(place, None, overlay, Enforcement::is_api_server));
            judged.extend(court.judge(&located, Some(place), &seen, |by| !by.is_api_server()));
            judged
        }
    };
    for (index, pool) in effective.pools.iter().enumerate() {
        outcome.filled.push((index, pool.filled.clone()));
    }
    outcome
        .notes
        .extend(notes::family(had_none && cluster.is_none(), &effective));
    if !edits.is_empty() {
        let document = stream.documents().get(located.document);
        let start = document.map_or(0, |document| document.start) + located.offset;
        outcome.replacement = Some(Replacement {
            range: start..start + located.text.len(),
            text,
        });
    }
    outcome.plans = plans;
    if outcome
        .judged
        .iter()
        .any(|judged| judged.violation.verdict == Verdict::Refused)
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

/// The Installation as the operator sees it below an overlay, and with its defaults.
fn laid_under(
    written: &Installation,
    overlay: Option<&Installation>,
    operator: Operator,
    cluster: Option<&cluster_plan::ClusterPlan>,
) -> (Installation, Effective) {
    let written = match overlay {
        Some(overlay) => written.clone().overlaid(overlay.clone()),
        None => written.clone(),
    };
    let effective = judge::effective(&written, operator.version, cluster);
    (written, effective)
}
