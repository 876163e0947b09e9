//! Which of Calico's API groups holds its resources.

use k8s_openapi::api::apps::v1::DaemonSet;

use super::datastore::DatastoreMigration;
use super::reading::Reading;

/// The group whose CRDs are the store up to 3.32, unless the cluster was migrated to the other.
pub const V1: &str = "crd.projectcalico.org";

/// The group that Calico's aggregated API serves and that can be the store since 3.32.
pub const V3: &str = "projectcalico.org";

/// The API group that Calico's resources are read from first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// crd.projectcalico.org/v1, the default of every release up to 3.32.
    #[default]
    V1,
    /// projectcalico.org/v3, in clusters that were created with it or migrated to it.
    V3,
}

impl Store {
    /// Whether an API group is the store. Groups other than Calico's count as V1's.
    pub fn is_in(self, group: &str) -> bool {
        (group == V3) == (self == Self::V3)
    }

    /// V3 if a completed migration or calico-node's environment says so, else V1.
    /// Source: projectcalico/calico v3.32.1, libcalico-go/lib/apiconfig (`CALICO_API_GROUP`).
    pub(super) fn of(
        daemon_sets: &Reading<Vec<DaemonSet>>,
        migrations: &Reading<Vec<DatastoreMigration>>,
    ) -> Self {
        let is_migrated = migrations.items().iter().any(|migration| {
            let phase = migration.status.phase.as_deref();
            matches!(phase, Some("Converged" | "Complete"))
        });
        if is_migrated || daemon_sets.items().iter().any(uses_v3) {
            Self::V3
        } else {
            Self::V1
        }
    }
}

fn uses_v3(daemon_set: &DaemonSet) -> bool {
    daemon_set
        .spec
        .iter()
        .filter_map(|spec| spec.template.spec.as_ref())
        .flat_map(|pod| &pod.containers)
        .flat_map(|container| container.env.iter().flatten())
        .any(|env| {
            env.name == "CALICO_API_GROUP" && env.value.as_deref() == Some("projectcalico.org/v3")
        })
}
