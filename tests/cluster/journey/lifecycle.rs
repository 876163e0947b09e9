//! The life of a release: install Calico with Helm and `helm-postrender` into a cluster without it, upgrade in every
//! way that people do, roll back and uninstall.

use calico_test_support::charts;
use calico_test_support::helm::{HELM_3_17, HELM_4_3, Helm};

use super::setup::Journey;

#[test]
fn with_helm_3() {
    with_every_chart(HELM_3_17);
}

#[test]
fn with_helm_4() {
    with_every_chart(HELM_4_3);
}

fn with_every_chart(helm: Helm) {
    for chart in charts::all() {
        let Some(journey) = Journey::start("calico", helm, &chart) else {
            return;
        };
        let operator = journey.operator();
        journey.nothing_is_installed();
        journey.install_the_plugin_for_helm_4();
        journey.a_refused_value_installs_nothing();
        journey.install();
        operator.starts();
        journey.calico_runs();

        journey.upgrade_with_the_same_flags(&operator);
        journey.upgrade_with_fewer_flags(&operator);
        journey.upgrade_without_the_filter(&operator);

        journey.uninstall(&operator);
    }
}
