//! The Installation with the fields set.

use calico_core::installation::Installation;

use crate::edit::splice;
use crate::edit::verify::verify;
use crate::find::go_yaml;
use crate::plan::installation_view::InstallationView;
use crate::read::text_edit;
use crate::refusal::Refusal;
use crate::stages::Context;
use crate::stages::field_plans::FieldPlans;
use crate::stages::interpretation::Interpretation;

/// The Installation with the fields set.
pub(crate) struct Draft {
    /// The text of its document.
    pub(crate) text: String,
    /// The Installation, as Go reads it.
    pub(crate) written: Installation,
    /// With the overlay and the operator's defaults.
    pub(crate) view: InstallationView,
}

impl Draft {
    /// Sets the fields in the text. None if every field already has its value.
    pub(crate) fn of(
        context: &Context,
        interpretation: &Interpretation,
        plans: &FieldPlans,
    ) -> Result<Option<Self>, Refusal> {
        let installation = context.installation;
        let edits = splice::edits(installation, &plans.pools)
            .map_err(|obstacle| context.refusal(installation, obstacle))?;
        if edits.is_empty() {
            return Ok(None);
        }
        let text = text_edit::apply(&installation.text, &edits);
        let verified = verify(installation, &interpretation.document, &plans.pools, &text)
            .map_err(|refusal| context.at_pools(refusal))?;
        let written =
            go_yaml::installation(installation, &text, &verified.tree, &verified.document)?;
        Ok(Some(Self {
            view: context.view(&written, interpretation.overlay.as_ref()),
            text,
            written,
        }))
    }
}
