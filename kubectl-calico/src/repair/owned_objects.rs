//! Objects that a tool keeps as it was told: what a command changes in them must be changed there, too.

use std::collections::BTreeMap;

use calico_core::installation::DEFAULT_NAME;
use calico_core::operator;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::changed_objects::{Changed, INSTALLATION, changed};
use super::step::Step;
use crate::facts::Facts;
use crate::facts::bundle::{Bundle, KUBESPRAY_POOL};
use crate::facts::installer::{Installer, is_of_rke2};
use crate::facts::method::Method;
use crate::facts::owner::{Hold, Owner};
use crate::facts::platform::Platform;
use crate::facts::typha;
use crate::snapshot::{Meta, Reading, Snapshot};
use crate::views::marks::Marks;
use crate::views::objects::{KUBE_CONTROLLERS, deployments};

/// Adds a step that says where else the changes of these steps must be made so that they last: first, if they are
/// reverted at once.
pub fn name_owners(snapshot: &Snapshot, facts: &Facts, steps: &mut Vec<Step>) {
    let mut kept: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
    for object in changed(steps) {
        let Some(keeper) = keeper(snapshot, facts, &object) else {
            continue;
        };
        // The steps that change the Installation, or what a bundle has a setting for, mostly say it themselves.
        let says_it = object.kind == INSTALLATION || matches!(keeper, Keeper::Bundle(_));
        let is_said = says_it && steps.iter().any(|step| step.what.contains(keeper.name()));
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
    Helm {
        release: String,
        namespace: String,
    },
    /// A tool or platform that writes Calico's workloads.
    Bundle(Bundle),
    /// Kubespray, with the variables that it writes the object from.
    Kubespray(&'static str),
}

impl Keeper {
    /// What a step that takes it into account contains.
    fn name(&self) -> &'static str {
        match self {
            Self::Owner(owner) => owner.name(),
            Self::Platform(platform) => platform.name(),
            Self::Helm { .. } => "release",
            Self::Bundle(bundle) => bundle.name(),
            Self::Kubespray(_) => Bundle::Kubespray.name(),
        }
    }

    /// Whether it acts only when somebody runs it.
    fn waits(&self) -> bool {
        match self {
            Self::Owner(owner) => owner.hold() == Hold::NotNeeded,
            Self::Bundle(bundle) => bundle.waits(),
            // Between two steps, it would undo the first one.
            Self::Platform(_) | Self::Kubespray(_) => false,
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
            Self::Bundle(bundle) => format!(
                "where {0} configures Calico, too; otherwise {0} reverts the change",
                bundle.name()
            ),
            Self::Kubespray(variables) => format!(
                "in the inventory of Kubespray, too ({variables}), and do not run Kubespray until all steps are done; \
                 otherwise its next run writes the old values again"
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
    if is_workload && let Some(bundle) = install.bundled_with() {
        return is_of_calico(object).then_some(Keeper::Bundle(bundle));
    }
    if install.bundled_with() == Some(Bundle::Kubespray)
        && let Some(variables) = of_kubespray(facts, object)
    {
        return Some(Keeper::Kubespray(variables));
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
    (!is_of_rke2(platform, release)).then(|| Keeper::Helm {
        release: release.to_owned(),
        namespace: namespace.to_owned(),
    })
}

/// Whether it is a workload of Calico's manifests, or their ConfigMap.
fn is_of_calico(object: &Changed) -> bool {
    let names = [
        "calico-config",
        "calico-node",
        typha::NAME,
        KUBE_CONTROLLERS,
    ];
    names.contains(&object.name.as_str())
}

/// The variables from which each run of Kubespray writes an object. Other pools than its own stay as they are.
/// Source: kubernetes-sigs/kubespray v2.31.0, roles/network_plugin/calico/tasks/install.yml.
fn of_kubespray(facts: &Facts, object: &Changed) -> Option<&'static str> {
    const POOLS: [(&str, &str); 2] = [
        (
            KUBESPRAY_POOL,
            "calico_pool_name, calico_pool_cidr, calico_pool_blocksize, calico_ipip_mode, calico_vxlan_mode, nat_outgoing",
        ),
        (
            "default-pool-ipv6",
            "calico_pool_name, calico_pool_cidr_ipv6, calico_pool_blocksize_ipv6, calico_vxlan_mode_ipv6, nat_outgoing_ipv6",
        ),
    ];
    match object.kind {
        "IPPool" => {
            let is_renamed = !facts
                .known_pools()
                .iter()
                .any(|it| it.name == KUBESPRAY_POOL);
            let mut pools = POOLS.into_iter();
            pools
                .find(|(name, _)| *name == object.name || is_renamed)
                .map(|(_, variables)| variables)
        }
        "FelixConfiguration" if object.name == "default" => Some(
            "calico_ipip_mode and calico_vxlan_mode for ipipEnabled and vxlanEnabled, calico_bpf_enabled, \
             calico_wireguard_enabled, calico_felix_log_severity_screen",
        ),
        "BGPConfiguration" if object.name == "default" => Some(
            "peer_with_router and peer_with_calico_rr for nodeToNodeMeshEnabled, global_as_num, calico_bgp_listen_port",
        ),
        "IPAMConfig" => Some(
            "calico_ipam_strictaffinity, calico_ipam_autoallocateblocks, calico_ipam_maxblocksperhost",
        ),
        _ => None,
    }
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
