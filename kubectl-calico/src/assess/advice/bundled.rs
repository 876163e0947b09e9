//! Changes to a Calico that a tool or platform installed from manifests of its own.

use crate::assess::check::Case;
use crate::facts::bundle::BundledSetting;
use crate::repair::Step;

/// The step that changes a setting where the bundle has it: a change in the cluster would not last.
pub(crate) fn bundled(case: &Case, setting: BundledSetting) -> Option<Step> {
    let bundle = case.facts.install.bundled_with()?;
    let (what, command) = bundle.change(setting);
    Some(Step::new(what).run(command))
}
