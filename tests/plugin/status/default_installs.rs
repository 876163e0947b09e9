//! No false alarms: a default install of any release has no finding.

use calico_test_support::clusters::{Base, RELEASES};

use super::case::status;

#[test]
fn default_installs_are_healthy() {
    for (calico, _) in RELEASES {
        for base in [
            "helm",
            "custom-resources",
            "calico.yaml",
            "calico-typha.yaml",
            "calico-vxlan.yaml",
        ] {
            for nodes in [1, 3, 50] {
                let outcome = status(&Base::new(base, calico, nodes).objects(), &[]);
                let verdict = format!("✓ cluster: Calico {calico} is healthy");
                assert!(
                    !outcome.stdout.contains("  CAL"),
                    "{base} {calico} with {nodes} nodes\n{}",
                    outcome.output()
                );
                assert_eq!(
                    (outcome.exit, outcome.stdout.lines().next()),
                    (0, Some(verdict.as_str())),
                    "{base} {calico} with {nodes} nodes\n{}",
                    outcome.output()
                );
            }
        }
    }
}
