//! The five stages of a run: find the Installation, understand it, plan its fields, edit its text, and
//! judge the result.

use calico_core::cluster_plan::ClusterPlan;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_core::rules::Enforcement;
use calico_core::text::shown;
use serde_yaml::Value;

use crate::edit::splice;
use crate::edit::verify::verify;
use crate::error::Error;
use crate::find::located::Located;
use crate::find::obstacle::{self, Obstacle};
use crate::find::operator::{Operator, OperatorSource};
use crate::find::{self, Installations, go_yaml, second_parser};
use crate::judge::{Judge, JudgedViolation, Subject};
use crate::notes;
use crate::outcome::{PoolDefaults, Replacement};
use crate::plan;
use crate::plan::cluster_fill::ClusterFill;
use crate::plan::model::PoolPlan;
use crate::plan::request::Request;
use crate::plan::view::InstallationView;
use crate::read::stream::Stream;
use crate::read::text_edit;
use crate::refusal::Refusal;

/// What a stream contains.
pub(crate) struct Found {
    pub(crate) installations: Installations,
    pub(crate) operator: Operator,
    pub(crate) notes: Vec<String>,
}

/// What the Installation means.
pub(crate) struct Understood<'a> {
    /// Its document, as the second parser reads it.
    document: Value,
    written: Installation,
    overlay: Option<Installation>,
    /// With the overlay, the operator's defaults, and the pools that are added from the cluster.
    view: InstallationView,
    fill: Option<ClusterFill<'a>>,
    pub(crate) notes: Vec<String>,
}

/// What becomes of each field.
pub(crate) struct Planned {
    pools: Vec<PoolPlan>,
}

/// The Installation with the fields set.
pub(crate) struct Edited {
    text: String,
    written: Installation,
    /// With the overlay and the operator's defaults.
    view: InstallationView,
}

/// What the rules say of the result.
#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) pools: Vec<PoolPlan>,
    pub(crate) defaults: Vec<PoolDefaults>,
    pub(crate) violations: Vec<JudgedViolation>,
    pub(crate) notes: Vec<String>,
    pub(crate) replacement: Option<Replacement>,
}

impl Found {
    /// Finds the Installations, and the operator that will read them: `operator`, or the stream's.
    pub(crate) fn find(
        stream: &Stream,
        operator: Option<OperatorVersion>,
    ) -> Result<Self, Refusal> {
        let installations = find::installations(stream)?;
        let operator = operator.map_or_else(
            || Operator::of(stream),
            |version| Operator {
                version,
                source: OperatorSource::Flag,
            },
        );
        let mut notes = notes::unreadable(&installations.unreadable);
        notes.splice(0..0, notes::unknown_operator(operator));
        if installations.default.is_some() {
            let misnamed = installations.misnamed.iter();
            notes.extend(misnamed.map(|located| notes::misnamed(stream, located)));
        }
        Ok(Self {
            installations,
            operator,
            notes,
        })
    }
}

/// What the stages after the first work on.
pub(crate) struct Stages<'a, 's> {
    pub(crate) stream: &'s Stream,
    pub(crate) operator: OperatorVersion,
    pub(crate) cluster: Option<&'a ClusterPlan>,
    /// The Installation named `default`.
    pub(crate) installation: &'s Located,
    /// The one named `overlay`.
    pub(crate) overlay: Option<&'s Located>,
}

impl<'a> Stages<'a, '_> {
    /// Reads what the Installation means to Go and to the operator, and what the cluster adds to it.
    pub(crate) fn understand(&self, request: &Request) -> Result<Understood<'a>, Refusal> {
        self.check_settings(self.installation)?;
        let overlay = self
            .overlay
            .map(|overlay| {
                self.check_settings(overlay)?;
                let document = second_parser::read(self.stream, overlay)?;
                go_yaml::installation(overlay, &overlay.text, &overlay.tree, &document)
            })
            .transpose()?;
        let Located { text, tree, .. } = self.installation;
        let document = second_parser::read(self.stream, self.installation)?;
        let written = go_yaml::installation(self.installation, text, tree, &document)?;
        let mut view = self.view(&written, overlay.as_ref());
        let fill = self
            .cluster
            .map(|cluster| ClusterFill::new(cluster, self.operator, &view, request));
        if let Some(fill) = fill.as_ref().filter(|fill| fill.adds_pools()) {
            view = self.view(&fill.added_to(view.written), None);
        }
        Ok(Understood {
            document,
            written,
            overlay,
            view,
            notes: fill
                .as_ref()
                .map_or(Vec::new(), |fill| fill.notes().to_vec()),
            fill,
        })
    }

    /// Decides which field of which pool becomes what.
    pub(crate) fn plan(
        &self,
        understood: &Understood,
        request: &Request,
    ) -> Result<Planned, Refusal> {
        let pools = understood.view.pools();
        let requested = plan::plan(&pools, request);
        let plans = requested.and_then(|plans| match &understood.fill {
            Some(fill) => fill.complete(plans, &pools),
            None => Ok(plans),
        });
        Ok(Planned {
            pools: plans.map_err(|refusal| self.at_pools(refusal))?,
        })
    }

    /// Sets the fields in the text. None if every field has its value already.
    pub(crate) fn edit(
        &self,
        understood: &Understood,
        planned: &Planned,
    ) -> Result<Option<Edited>, Refusal> {
        let installation = self.installation;
        let edits = splice::edits(installation, &planned.pools)
            .map_err(|obstacle| self.refusal(installation, obstacle))?;
        if edits.is_empty() {
            return Ok(None);
        }
        let text = text_edit::apply(&installation.text, &edits);
        let verified = verify(installation, &understood.document, &planned.pools, &text)
            .map_err(|refusal| self.at_pools(refusal))?;
        let written =
            go_yaml::installation(installation, &text, &verified.tree, &verified.document)?;
        Ok(Some(Edited {
            view: self.view(&written, understood.overlay.as_ref()),
            text,
            written,
        }))
    }

    /// Checks the rules for the Installation, edited or not.
    pub(crate) fn judge(
        &self,
        understood: &Understood,
        planned: Planned,
        edited: Option<Edited>,
        allowed: &[String],
    ) -> Judged {
        let (written, view) = match &edited {
            Some(edited) => (&edited.written, &edited.view),
            None => (&understood.written, &understood.view),
        };
        let judge = Judge {
            stream: self.stream,
            operator: self.operator,
            cluster: self.cluster,
            allowed,
            plans: &planned.pools,
        };
        let together = Subject {
            located: self.installation,
            overlay: self.overlay,
            view,
        };
        let violations = match self.overlay.zip(understood.overlay.as_ref()) {
            None => judge.violations(&together, |_| true),
            // The API server sees each alone, the operator the two together.
            Some((overlay, settings)) => [
                self.violations_alone(&judge, self.installation, written),
                self.violations_alone(&judge, overlay, settings),
                judge.violations(&together, |enforcement| !enforcement.is_api_server()),
            ]
            .concat(),
        };
        let is_refused = violations.iter().any(JudgedViolation::is_refused);
        let has_first_pool = understood.view.effective.pools.is_empty() && self.cluster.is_none();
        Judged {
            defaults: PoolDefaults::of(&view.effective),
            notes: has_first_pool
                .then(|| notes::only_family(&view.effective))
                .flatten()
                .into_iter()
                .collect(),
            violations,
            replacement: edited
                .filter(|_| !is_refused)
                .map(|edited| self.replacement(edited.text)),
            pools: planned.pools,
        }
    }

    fn violations_alone(
        &self,
        judge: &Judge,
        located: &Located,
        written: &Installation,
    ) -> Vec<JudgedViolation> {
        let subject = Subject {
            located,
            overlay: None,
            view: &self.view(written, None),
        };
        judge.violations(&subject, Enforcement::is_api_server)
    }

    /// An Installation as the operator sees it, with an overlay.
    fn view(&self, written: &Installation, overlay: Option<&Installation>) -> InstallationView {
        let written = match overlay {
            Some(overlay) => written.clone().overlaid(overlay.clone()),
            None => written.clone(),
        };
        InstallationView::of(written, self.operator, self.cluster)
    }

    fn replacement(&self, text: String) -> Replacement {
        let Located {
            document, offset, ..
        } = *self.installation;
        let document = self.stream.documents().get(document);
        let start = document.map_or(0, |range| range.start) + offset;
        Replacement {
            range: start..start + self.installation.text.len(),
            text,
        }
    }

    fn check_settings(&self, located: &Located) -> Result<(), Refusal> {
        obstacle::check_settings(located).map_err(|obstacle| self.refusal(located, obstacle))
    }

    fn refusal(&self, located: &Located, obstacle: Obstacle) -> Refusal {
        obstacle
            .refusal(self.stream, located.document, located.offset)
            .of(format!("Installation {}", shown(&located.name)))
    }

    /// Adds the place of the pools to a refusal.
    fn at_pools(&self, refusal: Refusal) -> Refusal {
        let at = self.installation.field_start("spec.calicoNetwork.ipPools");
        refusal
            .at(self.stream, self.installation.document, at)
            .of("Installation default")
    }
}

impl Judged {
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
