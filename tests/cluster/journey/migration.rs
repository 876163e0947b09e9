//! The operator takes over a cluster with Calico from calico.yaml.

use calico_test_support::helm::HELM_4_3;

use super::is_long_wanted;
use super::setup::Journey;
use crate::manifest_install::MIGRATABLE;

#[test]
fn the_operator_takes_over_from_the_manifest() {
    if !is_long_wanted("a migration from calico.yaml") {
        return;
    }
    let Some(journey) = Journey::with_the_operator("migration", HELM_4_3, 3) else {
        return;
    };
    journey.install_the_plugin_for_helm_4();
    journey.terminal.heading("Calico from calico.yaml");
    journey.cluster.install_from_manifest("calico.yaml");
    let patch = [
        "patch",
        "daemonset",
        "calico-node",
        "--namespace=kube-system",
        "--patch",
        MIGRATABLE,
    ];
    journey.cluster.kubectl(patch).succeeded();
    journey.settles();

    journey
        .terminal
        .heading("The chart, with the pools of the cluster");
    let install = Journey::helm(
        "install",
        &["--create-namespace"],
        Some(&["--from-cluster"]),
    );
    journey.terminal.run(&install).succeeded();
    journey.settles_after_install();
    let left = "get daemonsets,deployments --namespace=kube-system --output=name";
    let left = journey.cluster.kubectl(left.split(' ')).succeeded();
    assert_eq!(left.stdout, "daemonset.apps/kube-proxy\n");
}
