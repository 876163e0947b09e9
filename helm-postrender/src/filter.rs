//! From a stream and a request to the output stream. Pure: it reads and writes nothing but its
//! arguments.

use calico_core::operator::OperatorVersion;

use crate::cluster::Cluster;
use crate::error::Error;
use crate::find::no_installation;
use crate::outcome::{InstallationPlace, Outcome};
use crate::plan::request::Request;
use crate::read::stream::Stream;
use crate::stages::Context;
use crate::stages::contents::Contents;
use crate::stages::draft::Draft;
use crate::stages::field_plans::FieldPlans;
use crate::stages::interpretation::Interpretation;
use crate::stages::judgment::Judgment;

/// What a run is asked to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The fields to set.
    pub request: Request,
    /// The names of the rules whose violations are ignored.
    pub allowed: Vec<String>,
    /// The operator whose rules apply, instead of the stream's.
    pub operator: Option<OperatorVersion>,
    /// Whether a stream without an Installation passes.
    pub if_present: bool,
    /// What is known about the target cluster of the stream.
    pub cluster: Option<Cluster>,
}

/// Filters a stream. The outcome contains what was found, even if the run is refused.
pub fn filter(stream: &Stream, options: &Options) -> (Outcome, Result<(), Error>) {
    let mut progress = Progress::default();
    let result = progress.run(stream, options);
    (progress.outcome(options), result)
}

/// The results of the completed stages of a run.
#[derive(Default)]
struct Progress<'a> {
    found: Option<Contents>,
    /// Why there is nothing to edit, if that is no error.
    nothing_to_edit: Option<String>,
    understood: Option<Interpretation<'a>>,
    judged: Option<Judgment>,
}

impl<'a> Progress<'a> {
    fn run(&mut self, stream: &Stream, options: &'a Options) -> Result<(), Error> {
        let found = self.found.insert(Contents::of(stream, options.operator)?);
        let Some(installation) = &found.installations.default else {
            self.nothing_to_edit = Some(nothing_to_edit(stream, found, options.if_present)?);
            return Ok(());
        };
        let context = Context {
            stream,
            operator: found.operator.version,
            cluster: options.cluster.as_ref().map(|cluster| &cluster.plan),
            installation,
            overlay: found.installations.overlay.as_ref(),
        };
        let understood = Interpretation::of(&context, &options.request)?;
        let understood = self.understood.insert(understood);
        let planned = FieldPlans::of(&context, understood, &options.request)?;
        let edited = Draft::of(&context, understood, &planned)?;
        let judged = Judgment::of(&context, understood, planned, edited, &options.allowed);
        self.judged.insert(judged).check()
    }

    fn outcome(self, options: &Options) -> Outcome {
        let installation = self.found.as_ref().and_then(|found| {
            let located = found.installations.default.as_ref()?;
            Some(InstallationPlace {
                name: located.name.clone(),
                document: located.document,
                start: located.start(),
            })
        });
        let operator = self.found.as_ref().map(|found| found.operator);
        let mut notes = self.found.map_or_else(Vec::new, |found| found.notes);
        notes.extend(self.nothing_to_edit);
        notes.extend(
            self.understood
                .into_iter()
                .flat_map(|understood| understood.notes),
        );
        let was_judged = self.judged.is_some();
        let judged = self.judged.unwrap_or_default();
        notes.extend(judged.notes);
        Outcome {
            installation,
            operator,
            cluster: options.cluster.clone(),
            pools: judged.pools,
            defaults: judged.defaults,
            violations: was_judged.then_some(judged.violations),
            notes,
            replacement: judged.replacement,
        }
    }
}

/// Why a stream without the Installation to edit passes; an error if it does not.
fn nothing_to_edit(stream: &Stream, found: &Contents, if_present: bool) -> Result<String, Error> {
    let installations = &found.installations;
    let has_others = installations.overlay.is_some() || !installations.misnamed.is_empty();
    if !has_others && no_installation::is_hooks_only(stream) {
        return Ok("every document is a Helm hook: nothing to edit".to_owned());
    }
    let refusal = no_installation::refusal(stream, installations);
    if if_present && no_installation::is_without_installation(stream, installations) {
        return Ok(format!("nothing to edit: {refusal}"));
    }
    Err(refusal.into())
}
