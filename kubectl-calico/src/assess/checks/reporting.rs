//! Whether the operator reports its status, and for which generation of the Installation.

use super::crds::KINDS_NOT_SERVED;
use super::kubernetes_version::OPERATOR_TOO_OLD;
use crate::assess::check::{Check, Judges};
use crate::assess::checks::operator::OPERATOR_NOT_READY;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::replicas::Replicas;
use crate::phrases::pasted;
use crate::snapshot::ObjectRef;
use crate::snapshot::Snapshot;
use crate::snapshot::resources::{INSTALLATIONS, OPERATORS, TIGERA_STATUSES};
use crate::views::objects::{default_installation, operator_deployment};
use calico_core::catalog::Entry;

pub(crate) const REPORT_OUTDATED: Check = Check {
    entry: Entry {
        code: "CAL109",
        title: "the operator has not observed the latest change to the Installation",
        meaning: "The Installation was changed, but the operator's status is still for an earlier \
                  generation.",
        impact: "The change has not been applied, and the reported component status may predate \
                 it.",
        criteria: "The newest observedGeneration in the conditions of the calico TigeraStatus is \
                   older than metadata.generation of the default Installation. The operator needs \
                   a few seconds after each change. An Installation that is being deleted is \
                   ignored, because the deletion itself is a new generation.",
        fix: "Check again in a minute. If nothing changes, read the operator's log, and make sure \
              that the operator is running (CAL103).",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (SetMetaData)",
    },
    needs: &[&INSTALLATIONS, &TIGERA_STATUSES],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let installation = default_installation(case.snapshot)
            .filter(|found| found.metadata.deletion_timestamp.is_none());
        let Some(installation) = installation else {
            return Vec::new();
        };
        let observed = observed_generation(case.snapshot);
        let (Some(generation), Some(observed)) = (installation.metadata.generation, observed)
        else {
            return Vec::new();
        };
        if observed >= generation {
            return Vec::new();
        }
        let finding = Finding::warning(
            &REPORT_OUTDATED.entry,
            ObjectRef::installation(),
            "the operator has not observed the latest change to the Installation",
        )
        .evidence(ObjectRef::installation(), "metadata.generation", generation)
        .evidence(
            ObjectRef::named("TigeraStatus", "calico"),
            "status.conditions observedGeneration",
            observed,
        )
        .impact("the change has not been applied, and the reported component status may predate it")
        .suspects([
            Suspect::Code(OPERATOR_NOT_READY.entry.code),
            Suspect::Workload("tigera-operator"),
        ])
        .fix("check again in a minute; if nothing changes, read the operator's log")
        .paste(operator_log(case.snapshot));
        vec![finding]
    },
};

pub(crate) const NOTHING_REPORTED: Check = Check {
    entry: Entry {
        code: "CAL113",
        title: "the operator does not report on Calico",
        meaning: "The operator is ready and the default Installation exists, but there is no \
                  TigeraStatus named calico.",
        impact: "The operator creates that TigeraStatus as soon as it has read the Installation. \
                 Until then it installs nothing.",
        criteria: "The operator's Deployment has a ready replica, the Installation is not being \
                   deleted, and TigeraStatus is served. This is normal in the first seconds of an \
                   install.",
        fix: "Read the operator's log. The operator waits if another instance holds its leader \
              lock, if a resource that it watches is not served, or if it cannot reach the API \
              server.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (updateStatus)",
    },
    needs: &[&OPERATORS, &INSTALLATIONS, &TIGERA_STATUSES],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let operator = operator_deployment(case.snapshot);
        let operator = operator.filter(|operator| Replicas::of(operator).ready > 0);
        let installation = default_installation(case.snapshot)
            .filter(|found| found.metadata.deletion_timestamp.is_none());
        let statuses = case.snapshot.tigera_statuses.read();
        let (Some(_), Some(_), Some(statuses)) = (operator, installation, statuses) else {
            return Vec::new();
        };
        if statuses
            .iter()
            .any(|status| status.metadata.name == "calico")
        {
            return Vec::new();
        }
        let finding = Finding::error(
            &NOTHING_REPORTED.entry,
            ObjectRef::named("TigeraStatus", "calico"),
            "the operator is ready but has not reported on the Installation",
        )
        .exists(ObjectRef::installation())
        .evidence(ObjectRef::all("TigeraStatus"), "count", statuses.len())
        .suspects([KINDS_NOT_SERVED, OPERATOR_TOO_OLD].map(|check| Suspect::Code(check.entry.code)))
        .impact("the operator neither installs nor changes anything")
        .fix("read the operator's log; if the install has just started, check again")
        .paste(operator_log(case.snapshot));
        vec![finding]
    },
};

/// The newest generation of the Installation that the operator reports on. Each TigeraStatus has the
/// generations of its own resource; for `calico`, that is the Installation.
pub(crate) fn observed_generation(snapshot: &Snapshot) -> Option<i64> {
    let statuses = snapshot.tigera_statuses.items().iter();
    let mut calico = statuses.filter(|status| status.metadata.name == "calico");
    let conditions = calico.next()?.status.conditions.iter();
    conditions
        .filter_map(|found| found.observed_generation)
        .max()
}

/// Shows the operator's log; empty if there is no operator.
pub(crate) fn operator_log(snapshot: &Snapshot) -> String {
    on_operator(snapshot, "logs", " --tail=50")
}

/// Restarts the operator; empty if there is no operator.
pub(crate) fn operator_restart(snapshot: &Snapshot) -> String {
    on_operator(snapshot, "rollout restart", "")
}

fn on_operator(snapshot: &Snapshot, verb: &str, flags: &str) -> String {
    let Some(operator) = operator_deployment(snapshot) else {
        return String::new();
    };
    let namespace = pasted(operator.metadata.namespace.as_deref().unwrap_or_default());
    format!("kubectl {verb} -n {namespace} deployment/tigera-operator{flags}")
}
