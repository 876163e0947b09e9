//! Whether the operator reports, and of what state of the Installation.

use crate::assess::check::{Check, Judges};
use crate::assess::facts::typha::Replicas;
use crate::assess::finding::Finding;
use crate::assess::views::objects::{default_installation, operator_deployment};
use crate::assess::words::pasted;
use crate::snapshot::ObjectRef;
use crate::snapshot::Snapshot;
use crate::snapshot::resources::{INSTALLATIONS, OPERATORS, TIGERA_STATUSES};
use calico_core::catalog::Entry;

pub(crate) const REPORT_OUTDATED: Check = Check {
    entry: Entry {
        code: "CAL109",
        title: "the operator has not looked at the newest Installation",
        meaning: "The Installation was changed, and what the operator reports is about an earlier \
                state of it.",
        impact: "The change has not been carried out, and the health of the components that is \
                  shown may be that from before.",
        criteria: "The newest observedGeneration among the conditions of TigeraStatus calico is \
                 older than metadata.generation of the Installation default. The operator needs \
                 some seconds after each change. An Installation that is being deleted does not \
                 count: the deletion itself is a new generation.",
        fix: "Look again after a moment. Where it stays, read the operator's log, and see that \
              the operator runs (CAL103).",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (SetMetaData)",
    },
    needs: &[&INSTALLATIONS, &TIGERA_STATUSES],
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
            "the operator has not looked at the last change of the Installation",
        )
        .evidence(ObjectRef::installation(), "metadata.generation", generation)
        .evidence(
            ObjectRef::named("TigeraStatus", "calico"),
            "observedGeneration",
            observed,
        )
        .impact(
            "that change is not carried out yet, and what the operator reports is from before it",
        )
        .fix("look again after a moment; where it stays, the operator's log says why")
        .paste(operator_log(case.snapshot));
        vec![finding]
    },
};

pub(crate) const NOTHING_REPORTED: Check = Check {
    entry: Entry {
        code: "CAL113",
        title: "the operator reports nothing of Calico",
        meaning: "The operator is ready and the Installation default is there, but there is no \
                TigeraStatus named calico.",
        impact: "The operator makes that TigeraStatus as soon as it has read the Installation. \
                  Where there is none, it has not come that far, and installs nothing.",
        criteria: "The operator's Deployment has a ready replica, the Installation is not being \
                 deleted, and TigeraStatus is served. In the first seconds of an install this is \
                 as it should be.",
        fix: "Read the operator's log. It waits where another instance holds its lock, where a \
              resource that it watches is not served, or where it cannot reach the API server.",
        source: "tigera/operator v1.42.3, pkg/controller/status/status.go (updateStatus)",
    },
    needs: &[&OPERATORS, &INSTALLATIONS, &TIGERA_STATUSES],
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
            "the operator is ready and has not reported on the Installation",
        )
        .exists(ObjectRef::installation())
        .evidence(ObjectRef::all("TigeraStatus"), "count", statuses.len())
        .impact("it installs and changes nothing")
        .fix("read the operator's log; in the first seconds of an install, look again")
        .paste(operator_log(case.snapshot));
        vec![finding]
    },
};

/// The newest generation of the Installation that the operator speaks of. Each TigeraStatus counts
/// the generations of its own resource; that of `calico` is the Installation.
pub(crate) fn observed_generation(snapshot: &Snapshot) -> Option<i64> {
    let statuses = snapshot.tigera_statuses.items().iter();
    let mut calico = statuses.filter(|status| status.metadata.name == "calico");
    let conditions = calico.next()?.status.conditions.iter();
    conditions
        .filter_map(|found| found.observed_generation)
        .max()
}

/// The command that shows the operator's log; nothing where there is no operator.
pub(crate) fn operator_log(snapshot: &Snapshot) -> String {
    let Some(operator) = operator_deployment(snapshot) else {
        return String::new();
    };
    let namespace = operator.metadata.namespace.as_deref().unwrap_or_default();
    format!(
        "kubectl logs -n {} deployment/tigera-operator --tail=50",
        pasted(namespace)
    )
}
