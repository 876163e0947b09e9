//! What the Installation means.

use calico_core::installation::Installation;
use serde_yaml::Value;

use crate::find::installation::LocatedInstallation;
use crate::find::{go_yaml, obstacle, second_parser};
use crate::plan::cluster_fill::ClusterFill;
use crate::plan::installation_view::InstallationView;
use crate::plan::request::Request;
use crate::refusal::Refusal;
use crate::stages::Context;

/// What the Installation means.
pub(crate) struct Interpretation<'a> {
    /// Its document, as the second parser reads it.
    pub(crate) document: Value,
    /// The Installation, as Go reads it.
    pub(crate) written: Installation,
    pub(crate) overlay: Option<Installation>,
    /// The Installation with the overlay, the operator's defaults, and the pools that are added from
    /// the cluster.
    pub(crate) view: InstallationView,
    /// What the cluster adds.
    pub(crate) fill: Option<ClusterFill<'a>>,
    pub(crate) notes: Vec<String>,
}

impl<'a> Interpretation<'a> {
    /// Reads what the Installation means to Go and to the operator, and what the cluster adds to it.
    pub(crate) fn of(context: &Context<'a, '_>, request: &Request) -> Result<Self, Refusal> {
        check_settings(context, context.installation)?;
        let overlay = match context.overlay {
            Some(overlay) => {
                check_settings(context, overlay)?;
                let document = second_parser::read(context.stream, overlay)?;
                Some(as_go_reads(overlay, &document)?)
            }
            None => None,
        };
        let document = second_parser::read(context.stream, context.installation)?;
        let written = as_go_reads(context.installation, &document)?;
        let mut view = context.view(&written, overlay.as_ref());
        let mut notes = Vec::new();
        let fill = context
            .cluster
            .map(|cluster| ClusterFill::new(cluster, context.operator, &view, request));
        if let Some(fill) = &fill {
            notes.extend_from_slice(fill.notes());
            if fill.adds_pools() {
                view = context.view(&fill.added_to(view.written), None);
            }
        }
        Ok(Self {
            document,
            written,
            overlay,
            view,
            fill,
            notes,
        })
    }
}

fn check_settings(context: &Context, located: &LocatedInstallation) -> Result<(), Refusal> {
    obstacle::check_settings(located).map_err(|obstacle| context.refusal(located, obstacle))
}

fn as_go_reads(located: &LocatedInstallation, document: &Value) -> Result<Installation, Refusal> {
    go_yaml::installation(located, &located.text, &located.tree, document)
}
