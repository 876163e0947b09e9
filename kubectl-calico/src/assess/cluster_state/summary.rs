//! The state of a cluster in one sentence.

use calico_core::operator::OperatorVersion;

use super::{ClusterState, is_counted, unready_nodes};
use crate::assess::counts::{CheckCounts, FindingCounts};
use crate::facts::Facts;
use crate::facts::method::Method;
use crate::phrases::counted;
use crate::snapshot::Basis;

impl ClusterState {
    /// The state in one sentence without a period, with the numbers of findings and of skipped checks.
    pub(in crate::assess) fn summary(
        self,
        basis: &Basis,
        facts: &Facts,
        findings: &FindingCounts,
        checks: &CheckCounts,
    ) -> String {
        let unready = unready_nodes(facts);
        let mut sentence = if basis.is_proposal() {
            self.proposal(facts)
        } else {
            self.sentence(facts, findings.warning > 0 || unready > 0)
        };
        let mut parts = findings.words();
        if self == Self::Warning && findings.warning == 0 {
            parts.push(format!("{} not ready", counted(unready, "node")));
        }
        if checks.skipped > 0 {
            parts.push(format!("{} skipped", counted(checks.skipped, "check")));
        }
        if !parts.is_empty() {
            sentence.push_str(&format!(": {}", parts.join(", ")));
        }
        sentence
    }

    fn proposal(self, facts: &Facts) -> String {
        let calico = proposed_calico(facts);
        match (self, facts.install.method.value()) {
            (Self::Failed, _) => format!("{calico} does not work as proposed"),
            (Self::Warning, _) => format!("{calico} works as proposed, but needs attention"),
            (Self::Unknown, _) => {
                format!("{calico} passes as proposed, as far as it could be checked")
            }
            (_, Some(Method::OperatorOnly)) => {
                "Only the operator is proposed, without an Installation".to_owned()
            }
            (Self::NotInstalled, _) => "No part of Calico is proposed".to_owned(),
            _ => format!("{calico} passes as proposed"),
        }
    }

    fn sentence(self, facts: &Facts, has_warnings: bool) -> String {
        let calico = calico(facts);
        match (facts.install.method.value(), self) {
            (None, Self::Degraded) => format!("{calico} is degraded"),
            (None, _) if facts.install.is_evident => {
                format!("It is unknown whether {calico} is healthy")
            }
            (None, _) => "It is unknown whether Calico is installed".to_owned(),
            (Some(Method::Nothing), _) => "Calico is not installed".to_owned(),
            (Some(Method::OperatorOnly), _) => {
                "Calico is not installed, although its operator runs".to_owned()
            }
            (Some(Method::Remnants), Self::Degraded) => "Calico is not running".to_owned(),
            (Some(Method::Remnants), _) => {
                "Calico is not running, but resources of an earlier installation exist".to_owned()
            }
            (Some(Method::InstallationOnly), _) => {
                "Calico is not running, although an Installation exists".to_owned()
            }
            (Some(_), _) if facts.install.is_being_removed => {
                format!("{calico} is being removed")
            }
            (Some(_), Self::Degraded) => format!("{calico} is degraded"),
            (Some(_), Self::Warning) => format!("{calico} works, but needs attention"),
            (Some(_), Self::Unknown) if is_counted(facts) && has_warnings => {
                format!("{calico} works, but needs attention, as far as it could be checked")
            }
            (Some(_), Self::Unknown) if is_counted(facts) => {
                format!("{calico} is healthy as far as it could be checked")
            }
            (Some(_), Self::Unknown) => format!("It is unknown whether {calico} is healthy"),
            (Some(_), _) => format!("{calico} is healthy"),
        }
    }
}

/// Calico, with its version or that which the proposed operator installs.
fn proposed_calico(facts: &Facts) -> String {
    let operator = facts.install.operator.value();
    let operator = operator.and_then(|version| version.parse::<OperatorVersion>().ok());
    match operator.and_then(OperatorVersion::calico) {
        Some(release) if facts.install.calico.value().is_none() => format!("Calico {release}"),
        _ => calico(facts),
    }
}

/// Calico or Calico Enterprise, with its version if that is known.
fn calico(facts: &Facts) -> String {
    facts.install.product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::agents::{Agents, Counts};
    use crate::facts::fact::Fact;
    use crate::facts::manifest::Manifest;
    use crate::snapshot::{ObjectRef, Provenance, Snapshot};

    struct Nothing;

    impl crate::snapshot::SnapshotSource for Nothing {
        async fn origin(&self) -> crate::snapshot::Origin {
            crate::snapshot::Origin::default()
        }

        async fn read<T: serde::de::DeserializeOwned>(
            &self,
            _: &'static crate::snapshot::resource::Resource,
            _: crate::snapshot::Store,
        ) -> crate::snapshot::Reading<Vec<T>> {
            crate::snapshot::Reading::Read(Vec::new())
        }

        async fn messages(
            &self,
            _: &crate::snapshot::MessageRequests,
        ) -> crate::snapshot::PodMessages {
            crate::snapshot::PodMessages::default()
        }
    }

    /// Facts of a cluster with that method, and calico-node counted or not.
    fn facts(method: Method, counted: bool) -> Facts {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let snapshot = runtime.unwrap().block_on(Snapshot::gather(&Nothing));
        let mut facts = Facts::of(&snapshot);
        facts.install.method = Fact::known(method, Provenance::all("DaemonSet"));
        let agents = Agents {
            daemon_set: ObjectRef::all("DaemonSet"),
            counts: counted.then_some(Counts {
                desired: 3,
                ready: 3,
                updated: 3,
            }),
        };
        facts.agents = Fact::known(agents, Provenance::all("DaemonSet"));
        facts
    }

    #[test]
    fn healthy_takes_a_count_of_calico_node_and_every_check() {
        use ClusterState::{Degraded, Healthy, NotInstalled, Unknown, Warning};
        let runs = || Method::Manifest {
            variant: Manifest::Calico,
        };
        for (method, counted, [error, warning, note], skipped, state, summary) in [
            (runs(), true, [0, 0, 0], 0, Healthy, "Calico is healthy"),
            (
                runs(),
                true,
                [0, 0, 2],
                0,
                Healthy,
                "Calico is healthy: 2 notes",
            ),
            (
                runs(),
                true,
                [0, 1, 0],
                0,
                Warning,
                "Calico works, but needs attention: 1 warning",
            ),
            (
                runs(),
                true,
                [0, 1, 0],
                3,
                Unknown,
                "Calico works, but needs attention, as far as it could be checked: 1 warning, 3 \
                 checks skipped",
            ),
            (
                runs(),
                true,
                [0, 0, 0],
                1,
                Unknown,
                "Calico is healthy as far as it could be checked: 1 check skipped",
            ),
            (
                runs(),
                false,
                [0, 1, 0],
                0,
                Unknown,
                "It is unknown whether Calico is healthy: 1 warning",
            ),
            (
                runs(),
                false,
                [2, 1, 0],
                5,
                Degraded,
                "Calico is degraded: 2 errors, 1 warning, 5 checks skipped",
            ),
            (
                Method::Nothing,
                false,
                [0, 0, 0],
                0,
                NotInstalled,
                "Calico is not installed",
            ),
            (
                Method::OperatorOnly,
                false,
                [1, 0, 0],
                0,
                NotInstalled,
                "Calico is not installed, although its operator runs: 1 error",
            ),
            (
                Method::InstallationOnly,
                false,
                [1, 0, 0],
                0,
                Degraded,
                "Calico is not running, although an Installation exists: 1 error",
            ),
        ] {
            let facts = facts(method, counted);
            let findings = FindingCounts {
                error,
                warning,
                note,
                symptom: 0,
            };
            let checks = CheckCounts {
                passed: 9,
                failed: error + warning + note,
                skipped,
                ..CheckCounts::default()
            };
            let found = ClusterState::of(&facts, &findings, &checks, true);
            assert_eq!(found, state, "{summary}");
            let basis = Basis::cluster();
            assert_eq!(found.summary(&basis, &facts, &findings, &checks), summary);
        }
    }
}
