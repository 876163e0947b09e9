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
    contents: Option<Contents>,
    /// Why there is nothing to edit, if that is no error.
    nothing_to_edit: Option<String>,
    interpretation: Option<Interpretation<'a>>,
    judgment: Option<Judgment>,
}

impl<'a> Progress<'a> {
    fn run(&mut self, stream: &Stream, options: &'a Options) -> Result<(), Error> {
        let contents = self
            .contents
            .insert(Contents::of(stream, options.operator)?);
        let Some(installation) = &contents.installations.default else {
            self.nothing_to_edit = Some(nothing_to_edit(stream, contents, options.if_present)?);
            return Ok(());
        };
        let context = Context {
            stream,
            operator: contents.operator.version,
            cluster: options.cluster.as_ref().map(|cluster| &cluster.plan),
            installation,
            overlay: contents.installations.overlay.as_ref(),
        };
        let interpretation = Interpretation::of(&context, &options.request)?;
        let interpretation = self.interpretation.insert(interpretation);
        let plans = FieldPlans::of(&context, interpretation, &options.request)?;
        let draft = Draft::of(&context, interpretation, &plans)?;
        let judgment = Judgment::of(&context, interpretation, plans, draft, &options.allowed);
        self.judgment.insert(judgment).check()
    }

    fn outcome(self, options: &Options) -> Outcome {
        let installation = self.contents.as_ref().and_then(|contents| {
            let located = contents.installations.default.as_ref()?;
            Some(InstallationPlace {
                name: located.name.clone(),
                document: located.document,
                start: located.start(),
            })
        });
        let operator = self.contents.as_ref().map(|contents| contents.operator);
        let mut notes = self
            .contents
            .map_or_else(Vec::new, |contents| contents.notes);
        notes.extend(self.nothing_to_edit);
        notes.extend(
            self.interpretation
                .into_iter()
                .flat_map(|interpretation| interpretation.notes),
        );
        let was_judged = self.judgment.is_some();
        let judgment = self.judgment.unwrap_or_default();
        notes.extend(judgment.notes);
        Outcome {
            installation,
            operator,
            cluster: options.cluster.clone(),
            pools: judgment.pools,
            defaults: judgment.defaults,
            violations: was_judged.then_some(judgment.violations),
            notes,
            replacement: judgment.replacement,
        }
    }
}

/// Why a stream without the Installation to edit passes; an error if it does not.
fn nothing_to_edit(
    stream: &Stream,
    contents: &Contents,
    if_present: bool,
) -> Result<String, Error> {
    let installations = &contents.installations;
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
