//! Whether IPAM has addresses of pods that do not have them.

use std::collections::BTreeSet;
use std::time::Duration;

use calico_core::catalog::Entry;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::duration::duration;
use crate::facts::replicas::Replicas;
use crate::phrases::{counted, few, pasted};
use crate::repair::Step;
use crate::repair::resource_writer::ResourceWriter;
use crate::snapshot::resources::{
    DAEMON_SETS, DEPLOYMENTS, IPAM_BLOCKS, KUBE_CONTROLLERS_CONFIGURATIONS, NODES, POD_ADDRESSES,
};
use crate::snapshot::{ObjectRef, PodAddress, PodState, Snapshot};
use crate::views::objects::{KUBE_CONTROLLERS, deployment, object_of};

pub(crate) const ADDRESSES_LEAKED: Check = Check {
    entry: Entry {
        code: "CAL226",
        title: "addresses are assigned to pods that no longer use them",
        meaning: "Calico's IPAM still has addresses assigned to pods that no longer exist, have \
                  finished, or have another address. The CNI plugin did not release them, for \
                  example because the runtime or the node failed while the pod was deleted.",
        impact: "No other pod can get these addresses, so pools fill up. calico-kube-controllers \
                 releases them, by default after 15 minutes.",
        criteria: "Checked only with --pods, and only if Calico's IPAM assigns addresses. Anything that is not \
                   certain counts as in use. The finding is a note if calico-kube-controllers is ready and releases \
                   addresses, and a warning otherwise. calicoctl ipam check also counts IPv6 tunnel addresses and \
                   those of stopped virtual machines as leaked.\n\
                   - Gone: the pod is in no list of all pods that was read after the blocks, and its address is \
                   still assigned after that.\n\
                   - Finished: the pod's phase is Succeeded or Failed, and it had an address.\n\
                   - Moved: the pod is on another node or has other addresses.\n\
                   - Not reported: addresses younger than leakGracePeriod, without a handle, or with a handle that \
                   has an address in use; those of tunnels, of Services, of Windows nodes and of virtual machines; \
                   and those of nodes that no longer exist (CAL222).",
        fix: "Let calico-kube-controllers release them: restore it, or set leakGracePeriod. \
              Without it, release them with calicoctl while the datastore is locked.",
        source: "projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/node/ipam.go \
                 (checkAllocations, allocationIsValid), ipam_allocation.go (markLeak) and \
                 calicoctl/calicoctl/commands/ipam/release.go",
    },
    needs: &[
        &POD_ADDRESSES,
        &KUBE_CONTROLLERS_CONFIGURATIONS,
        &IPAM_BLOCKS,
        &NODES,
        &DAEMON_SETS,
        &DEPLOYMENTS,
    ],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        finding(case, &leaked(case.snapshot)).into_iter().collect()
    },
};

/// What kube-controllers does about such addresses.
enum Collector {
    /// It releases them.
    Works,
    /// It is turned off: the field that says so, and its value.
    Off(&'static str, String),
    /// It has no ready replica.
    NotReady,
    /// It is not installed.
    Missing,
}

/// The grace period that Calico fills in.
/// Source: projectcalico/calico v3.26.0 to v3.32.1, libcalico-go/lib/clientv3/kubecontrollersconfig.go.
const DEFAULT_GRACE: Duration = Duration::from_secs(15 * 60);

/// The grace period: zero if nothing is released, `None` if the controller is turned off.
fn grace_period(snapshot: &Snapshot) -> Option<Duration> {
    let configurations = snapshot.kube_controllers_configurations.items().iter();
    let mut default = configurations.filter(|found| found.metadata.name == "default");
    let Some(configuration) = default.next() else {
        return Some(DEFAULT_GRACE);
    };
    let node = configuration.spec.controllers.node.as_ref()?;
    let period = node.leak_grace_period.as_deref();
    let period = period.and_then(|text| duration(text).ok());
    Some(period.unwrap_or(DEFAULT_GRACE))
}

/// The addresses that are old enough, on nodes that exist.
fn leaked(snapshot: &Snapshot) -> Vec<&PodAddress> {
    let grace = grace_period(snapshot).filter(|grace| !grace.is_zero());
    let grace = grace.unwrap_or(DEFAULT_GRACE).as_secs();
    let nodes = snapshot.nodes.items().iter();
    let nodes: BTreeSet<&str> = nodes.map(|node| node.metadata.name.as_str()).collect();
    let addresses = snapshot.pod_addresses.items().iter();
    addresses
        .filter(|one| nodes.contains(one.spec.node.as_str()))
        .filter(|one| one.spec.age_seconds.is_none_or(|age| age >= grace))
        .collect()
}

fn finding(case: &Case, leaked: &[&PodAddress]) -> Option<Finding> {
    if leaked.is_empty() {
        return None;
    }
    let collector = Collector::of(case.snapshot);
    let message = match leaked.len() {
        1 => "1 address is assigned to a pod that no longer uses it".to_owned(),
        count => format!("{count} addresses are assigned to pods that no longer use them"),
    };
    let severity = match collector {
        Collector::Works => Severity::Note,
        _ => Severity::Warning,
    };
    let finding = Finding::new(
        &ADDRESSES_LEAKED.entry,
        severity,
        ObjectRef::all("IPAMBlock"),
        message,
    )
    .suspects([Suspect::Workload(KUBE_CONTROLLERS)]);
    let finding = with_addresses(finding, leaked);
    let finding = match &collector {
        Collector::Off(field, value) => finding.evidence(configuration(), *field, value),
        Collector::Missing => finding.evidence(
            ObjectRef::all("Deployment"),
            format!("count (named {KUBE_CONTROLLERS})"),
            0,
        ),
        Collector::NotReady => match deployment(case.snapshot, KUBE_CONTROLLERS) {
            Some(found) => finding.evidence(object_of(found), "status.readyReplicas", 0),
            None => finding,
        },
        Collector::Works => finding,
    };
    Some(
        finding
            .impact(match collector {
                Collector::Works => {
                    "no other pod can get such an address until kube-controllers releases it"
                }
                _ => "no other pod can get such an address, and nothing releases it",
            })
            .fixed_by_all(collector.fix(case.snapshot)),
    )
}

/// The addresses, by what has become of their pods.
fn with_addresses(finding: Finding, leaked: &[&PodAddress]) -> Finding {
    let states = [
        (PodState::Gone, "addresses of pods that are gone"),
        (PodState::Finished, "addresses of finished pods"),
        (PodState::OnOtherNode, "addresses of pods on another node"),
        (
            PodState::HasOtherAddress,
            "addresses of pods that now have another",
        ),
    ];
    states.into_iter().fold(finding, |finding, (state, field)| {
        let of_state = leaked.iter().filter(|one| one.status.pod == state);
        let of_state = of_state.map(|one| {
            let (address, spec) = (&one.metadata.name, &one.spec);
            format!(
                "{address} ({}/{} on {})",
                spec.namespace, spec.pod, spec.node
            )
        });
        let of_state: Vec<String> = of_state.collect();
        if of_state.is_empty() {
            return finding;
        }
        finding.evidence(ObjectRef::all("IPAMBlock"), field, few(&of_state))
    })
}

fn configuration() -> ObjectRef {
    ObjectRef::named("KubeControllersConfiguration", "default")
}

impl Collector {
    fn of(snapshot: &Snapshot) -> Self {
        let Some(controllers) = deployment(snapshot, KUBE_CONTROLLERS) else {
            return Self::Missing;
        };
        match grace_period(snapshot) {
            None => Self::Off("spec.controllers.node", "not set".to_owned()),
            Some(grace) if grace.is_zero() => {
                Self::Off("spec.controllers.node.leakGracePeriod", "0s".to_owned())
            }
            Some(_) if controllers.status.is_some() && Replicas::of(controllers).ready == 0 => {
                Self::NotReady
            }
            Some(_) => Self::Works,
        }
    }

    fn fix(&self, snapshot: &Snapshot) -> Vec<Step> {
        match self {
            Self::Works => {
                let controllers = deployment(snapshot, KUBE_CONTROLLERS);
                let namespace = controllers.and_then(|found| found.metadata.namespace.as_deref());
                let namespace = pasted(namespace.unwrap_or_default());
                let grace = grace_period(snapshot).unwrap_or(DEFAULT_GRACE);
                let minutes = counted(usize::try_from(grace.as_secs() / 60).unwrap_or(0), "minute");
                let what = format!(
                    "if they are still there after leakGracePeriod ({minutes}), read kube-controllers' \
                     log"
                );
                vec![Step::new(what).run(format!(
                    "kubectl logs -n {namespace} deployment/{KUBE_CONTROLLERS} --tail=100"
                ))]
            }
            Self::NotReady => {
                vec![Step::new(format!(
                    "restore {KUBE_CONTROLLERS}, which releases them"
                ))]
            }
            Self::Off(..) => {
                let spec = json!({"controllers": {"node": {"leakGracePeriod": "15m0s"}}});
                let patch = ResourceWriter::of(snapshot).patch_spec(
                    "kubecontrollersconfigurations",
                    "default",
                    &spec,
                );
                vec![Step::new("let kube-controllers release them").run(patch)]
            }
            Self::Missing => by_hand(),
        }
    }
}

/// Releases addresses with calicoctl, which requires a locked datastore. While it is locked, pods get no
/// addresses.
/// Source: projectcalico/calico v3.26.0 to v3.32.1, calicoctl/calicoctl/commands/ipam/release.go
/// (`releaseFromReports`).
fn by_hand() -> Vec<Step> {
    vec![
        Step::new(
            "either install calico-kube-controllers, which releases them, and skip the remaining steps; or \
             release them by hand, as follows: lock the datastore, so that no address is assigned meanwhile \
             (new pods wait)",
        )
        .run("calicoctl datastore migrate lock"),
        Step::new(
            "check that none of the addresses that calicoctl lists is still in use: the list also contains \
             IPv6 tunnel addresses of nodes, and addresses of Services and of stopped virtual machines",
        )
        .run("calicoctl ipam check --show-problem-ips -o ipam.json"),
        Step::new("only if none of them is in use, release them").run("calicoctl ipam release --from-report=ipam.json"),
        Step::new("unlock the datastore in any case, even if you released nothing")
            .run("calicoctl datastore migrate unlock"),
    ]
}
