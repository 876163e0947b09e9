//! The five stages of a run: find the Installation, understand it, plan its fields, edit its text, and
//! judge the result. Each has a file, and a struct for its result.

pub(crate) mod contents;
pub(crate) mod draft;
pub(crate) mod field_plans;
pub(crate) mod interpretation;
pub(crate) mod judgment;

use calico_core::cluster_plan::ClusterPlan;
use calico_core::installation::Installation;
use calico_core::installation::path::POOLS;
use calico_core::operator::OperatorVersion;
use calico_core::text::shown;

use crate::find::installation::LocatedInstallation;
use crate::find::obstacle::Obstacle;
use crate::plan::installation_view::InstallationView;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// What the stages after the first work on.
pub(crate) struct Context<'a, 's> {
    pub(crate) stream: &'s Stream,
    pub(crate) operator: OperatorVersion,
    pub(crate) cluster: Option<&'a ClusterPlan>,
    /// The Installation named `default`.
    pub(crate) installation: &'s LocatedInstallation,
    /// The one named `overlay`.
    pub(crate) overlay: Option<&'s LocatedInstallation>,
}

impl Context<'_, '_> {
    /// An Installation as the operator sees it, with an overlay.
    fn view(&self, written: &Installation, overlay: Option<&Installation>) -> InstallationView {
        let written = match overlay {
            Some(overlay) => written.clone().overlaid(overlay.clone()),
            None => written.clone(),
        };
        InstallationView::of(written, self.operator, self.cluster)
    }

    /// The refusal of an Installation for an obstacle in it.
    fn refusal(&self, located: &LocatedInstallation, obstacle: Obstacle) -> Refusal {
        obstacle
            .refusal(self.stream, located.document, located.offset)
            .of(format!("Installation {}", shown(&located.name)))
    }

    /// Adds the place of the pools to a refusal.
    fn at_pools(&self, refusal: Refusal) -> Refusal {
        let at = self.installation.field_start(POOLS);
        refusal
            .at(self.stream, self.installation.document, at)
            .of("Installation default")
    }
}
