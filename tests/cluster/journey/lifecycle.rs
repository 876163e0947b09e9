//! The life of a release, with the real operator: install Calico with Helm and `helm-postrender`, upgrade in every way that
//! people do, roll back and uninstall. After each step, the report is compared with what the operator says and did.

use calico_test_support::helm::{HELM_3_17, HELM_4_3, Helm};

use super::is_long_wanted;
use super::setup::Journey;

#[test]
fn with_helm_3() {
    let Some(journey) = lives(HELM_3_17) else {
        return;
    };
    journey.an_uninstall_hangs_without_the_operator();
}

#[test]
fn with_helm_4() {
    let Some(journey) = lives(HELM_4_3) else {
        return;
    };
    if is_long_wanted("upgrades with Helm 4 that do not conflict with the operator") {
        journey.without_a_conflict();
    }
}

fn lives(helm: Helm) -> Option<Journey> {
    let journey = Journey::with_the_operator("release", helm, 3)?;
    journey.install_the_plugin_for_helm_4();
    journey.install();

    journey.upgrade_with_the_same_flags();
    journey.upgrade_from_the_cluster();
    journey.upgrade_with_fewer_flags();
    journey.the_encapsulation_changes_with_allow();
    journey.upgrade_without_the_filter();

    journey.uninstall();
    Some(journey)
}
