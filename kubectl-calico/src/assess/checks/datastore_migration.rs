//! Whether Calico's migration to the resources of projectcalico.org/v3 goes on.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::pasted;
use crate::repair::Step;
use crate::snapshot::resources::{CLUSTER_INFORMATIONS, DATASTORE_MIGRATIONS};
use crate::snapshot::{DatastoreMigration, ObjectRef};

pub(crate) const MIGRATION_STOPPED: Check = Check {
    entry: Entry {
        code: "CAL128",
        title: "the migration of Calico's datastore has stopped",
        meaning: "A DatastoreMigration, with which kube-controllers copies Calico's resources from \
                  crd.projectcalico.org/v1 to projectcalico.org/v3, has failed, or waits for \
                  conflicts to be resolved.",
        impact: "If the datastore is locked, a calico-node that restarts does not come up, and new pods get no network. \
                 While it waits, projectcalico.org/v3 is no longer served by Calico's API server: what \
                 is written there has no effect.",
        criteria: "status.phase of a DatastoreMigration is Failed or WaitingForConflictResolution. The \
                   finding is a warning if it failed without locking the datastore. In any other \
                   phase, the migration continues by itself.",
        fix: "Resolve the conflicts that its conditions list, after which it continues; or delete the \
              DatastoreMigration, which rolls back and unlocks the datastore. Do not unlock the \
              datastore by hand: Calico would change resources that are being copied.",
        source: "projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/migration/api.go and \
                 controller.go (handlePending, handleWaiting, handleAbort)",
    },
    needs: &[&DATASTORE_MIGRATIONS, &CLUSTER_INFORMATIONS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let migration = unfinished(case);
        migration
            .and_then(|it| stopped(case, it))
            .into_iter()
            .collect()
    },
};

fn stopped(case: &Case, migration: &DatastoreMigration) -> Option<Finding> {
    let phase = migration.status.phase.as_deref()?;
    let locked = is_locked(case);
    let (message, waits) = match phase {
        "Failed" => ("the migration to projectcalico.org/v3 has failed", false),
        "WaitingForConflictResolution" => (
            "the migration to projectcalico.org/v3 waits for conflicts to be resolved",
            true,
        ),
        _ => return None,
    };
    let severity = if locked || waits {
        Severity::Error
    } else {
        Severity::Warning
    };
    let object = ObjectRef::of("DatastoreMigration", &migration.metadata);
    let name = pasted(&migration.metadata.name);
    let resource = "datastoremigrations.migration.projectcalico.org";
    let finding = Finding::new(&MIGRATION_STOPPED.entry, severity, object.clone(), message)
        .evidence(object, "status.phase", phase)
        .impact(match (locked, waits) {
            (true, _) => {
                "the datastore is locked: a calico-node that restarts does not come up, and new pods get no network"
            }
            (false, true) => {
                "what is written to projectcalico.org/v3 has no effect: Calico still reads \
                 crd.projectcalico.org/v1"
            }
            (false, false) => "Calico keeps reading crd.projectcalico.org/v1",
        });
    let see = format!("kubectl get {resource} {name} -o yaml");
    let rollback = if locked {
        "delete the DatastoreMigration, which rolls back what was copied and unlocks the datastore; do not unlock it \
         by hand"
    } else {
        "delete the DatastoreMigration, which rolls back what was copied"
    };
    let delete = format!("kubectl delete {resource} {name}");
    Some(if waits {
        finding
            .fix(
                "resolve the conflicts that its conditions list, each between a resource of \
                 crd.projectcalico.org/v1 and one of projectcalico.org/v3: the migration then continues by itself",
            )
            .paste(see)
            .or(vec![
                Step::new(format!("to resolve them later, {rollback}")).run(delete),
            ])
    } else {
        finding
            .fix("read the error in its message")
            .paste(see)
            .fix(rollback)
            .paste(delete)
    })
}

/// The migration that has neither copied everything nor is complete.
pub(super) fn unfinished<'a>(case: &Case<'a>) -> Option<&'a DatastoreMigration> {
    let mut migrations = case.snapshot.datastore_migrations.items().iter();
    migrations.find(|migration| {
        let phase = migration.status.phase.as_deref();
        !matches!(phase, Some("Converged" | "Complete"))
    })
}

/// Whether Calico's data is locked.
pub(super) fn is_locked(case: &Case) -> bool {
    let mut found = case.snapshot.cluster_informations.items().iter();
    found.any(|it| it.metadata.name == "default" && it.spec.datastore_ready == Some(false))
}
