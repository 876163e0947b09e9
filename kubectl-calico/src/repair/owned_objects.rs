//! Objects that a tool keeps as it was told: what a command changes in them must be changed there, too.

use std::collections::BTreeMap;

use calico_core::installation::DEFAULT_NAME;
use calico_core::operator;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::changed_objects::{Changed, INSTALLATION, changed};
use super::step::Step;
use crate::facts::Facts;
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::facts::owner::{Hold, Owner};
use crate::facts::platform::Platform;
use crate::snapshot::{Meta, Reading, Snapshot};
use crate::views::marks::Marks;
use crate::views::objects::deployments;

/// Adds a step that says where else the changes of these steps must be made so that they last: first, if they are
/// reverted at once.
pub fn name_owners(snapshot: &Snapshot, facts: &Facts, steps: &mut Vec<Step>) {
    let mut kept: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
    for object in changed(steps) {
        let Some(keeper) = keeper(snapshot, facts, &object) else {
            continue;
        };
        // The steps that change the Installation mostly say it themselves.
        let is_said = object.kind == INSTALLATION
            && steps.iter().any(|step| step.what.contains(keeper.name()));
        if !is_said {
            let objects = kept.entry((keeper.waits(), keeper.also())).or_default();
            objects.push(object.reference());
        }
    }
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for ((waits, also), objects) in kept {
        let notes = if waits { &mut last } else { &mut first };
        let objects = objects.join(" and ");
        notes.push(Step::new(format!("make the changes of {objects} {also}")));
    }
    steps.splice(0..0, first);
    steps.extend(last);
}

/// What keeps an object as it was told.
enum Keeper {
    Owner(Owner),
    Platform(Platform),
    Helm { release: String, namespace: String },
}

impl Keeper {
    /// What a step that takes it into account contains.
    fn name(&self) -> &'static str {
        match self {
            Self::Owner(owner) => owner.name(),
            Self::Platform(platform) => platform.name(),
            Self::Helm { .. } => "release",
        }
    }

    /// Whether it acts only when somebody runs it.
    fn waits(&self) -> bool {
        match self {
            Self::Owner(owner) => owner.hold() == Hold::NotNeeded,
            Self::Platform(_) => false,
            Self::Helm { .. } => true,
        }
    }

    /// Where else a change must be made, and what happens otherwise.
    fn also(&self) -> String {
        match self {
            Self::Owner(owner) => format!("{}, too; otherwise {}", owner.place(), owner.reverts()),
            Self::Platform(platform) => {
                format!(
                    "through {0}, which manages it; otherwise {0} reverts the change",
                    platform.name()
                )
            }
            Self::Helm { release, namespace } => format!(
                "in the Helm release {release} in {namespace}, too; otherwise its next upgrade may revert the change"
            ),
        }
    }
}

fn keeper(snapshot: &Snapshot, facts: &Facts, object: &Changed) -> Option<Keeper> {
    let install = &facts.install;
    if object.kind == INSTALLATION {
        if object.name != DEFAULT_NAME {
            return None;
        }
        let Some(Method::Operator { by }) = install.method.value() else {
            return None;
        };
        return match by {
            Installer::Owner { tool } => Some(Keeper::Owner(*tool)),
            Installer::Helm { release, namespace } => Some(Keeper::Helm {
                release: release.clone(),
                namespace: namespace.clone(),
            }),
            Installer::Platform { platform } => Some(Keeper::Platform(*platform)),
            Installer::Manifests => None,
        };
    }
    let is_workload = ["ConfigMap", "DaemonSet", "Deployment"].contains(&object.kind);
    // What to change there instead is part of the fix.
    if is_workload && install.bundled_with().is_some() {
        return None;
    }
    let marks = marks(snapshot, object)?;
    let platform = facts.cluster.platform.value().copied();
    let managed = platform.filter(|platform| platform.is_managed());
    if let Some((owner, _)) = Owner::of(&marks) {
        let by_platform = managed.filter(|_| owner == Owner::AddonManager);
        return Some(by_platform.map_or(Keeper::Owner(owner), Keeper::Platform));
    }
    // An upgrade of its own release does no harm to the operator.
    if object.kind == "Deployment" && object.name == operator::DEPLOYMENT {
        return None;
    }
    let (release, namespace) = marks.release()?;
    // RKE2 reverts it, and the fix says where to change it.
    let by_rke2 = platform == Some(Platform::Rke2) && release.starts_with("rke2-");
    (!by_rke2).then(|| Keeper::Helm {
        release: release.to_owned(),
        namespace: namespace.to_owned(),
    })
}

fn marks<'a>(snapshot: &'a Snapshot, object: &Changed) -> Option<Marks<'a>> {
    let of_calico = |mut found: Box<dyn Iterator<Item = &'a Meta> + 'a>| {
        let found = found.find(|meta| meta.name == object.name);
        found.map(Marks::from)
    };
    let of_kubernetes = |mut found: Box<dyn Iterator<Item = &'a ObjectMeta> + 'a>| {
        let found = found.find(|meta| meta.name.as_deref() == Some(object.name.as_str()));
        found.map(Marks::from)
    };
    match object.kind {
        "BGPConfiguration" => {
            let found = snapshot.bgp_configurations.items().iter();
            of_calico(Box::new(found.map(|it| &it.metadata)))
        }
        "ConfigMap" => {
            let found = [&snapshot.calico_config, &snapshot.canal_config];
            let found = found.into_iter().filter_map(Reading::read);
            of_kubernetes(Box::new(found.map(|it| &it.metadata)))
        }
        "DaemonSet" => {
            let found = snapshot.daemon_sets.items().iter();
            of_kubernetes(Box::new(found.map(|it| &it.metadata)))
        }
        "Deployment" => of_kubernetes(Box::new(deployments(snapshot).map(|it| &it.metadata))),
        "FelixConfiguration" => {
            let found = snapshot.felix_configurations.items().iter();
            of_calico(Box::new(found.map(|it| &it.metadata)))
        }
        "IPAMConfig" => {
            let found = snapshot.ipam_configs.items().iter();
            of_calico(Box::new(found.map(|it| &it.metadata)))
        }
        "IPPool" => {
            let found = snapshot.ip_pools.items().iter();
            of_calico(Box::new(found.map(|it| &it.metadata)))
        }
        _ => None,
    }
}
