//! Whether blocks and addresses of nodes that do not exist are left.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity, Suspect};
use crate::facts::node_blocks::{AddressOwner, GoneNode};
use crate::facts::replicas::Replicas;
use crate::phrases::{counted, few, pasted};
use crate::repair::Step;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, DEPLOYMENTS, IPAM_BLOCKS, NODES};
use crate::views::objects::{KUBE_CONTROLLERS, deployment, object_of};

pub(crate) const NODES_GONE: Check = Check {
    entry: Entry {
        code: "CAL222",
        title: "nodes that no longer exist have blocks or addresses",
        meaning: "Calico's IPAM still has blocks, or addresses of pods and tunnels, of nodes that \
                  were deleted.",
        impact: "No other node can use them, so pools fill up. calico-kube-controllers releases \
                 them within minutes once it sees that a node is gone, unless something on the \
                 node still counts as in use.",
        criteria: "A block belongs to the node of its affinity, an address to the node that it was \
                   assigned on, as for kube-controllers; addresses without a handle, and those \
                   that a Windows node reserves, do not count. The finding is a warning if \
                   calico-kube-controllers has no ready replica, or if an address belongs to \
                   neither a pod nor a tunnel, because it is then never released; otherwise it is \
                   a note, because nodes come and go. Applies only if Calico's IPAM assigns \
                   addresses.",
        fix: "Restore calico-kube-controllers. If it is running, its log shows what it considers in use; \
              release addresses of unknown origin by hand.",
        source: "projectcalico/calico v3.32.1, kube-controllers/pkg/controllers/node/ipam.go \
                 (checkAllocations) and ipam_allocation.go",
    },
    needs: &[&IPAM_BLOCKS, &NODES, &DAEMON_SETS, &DEPLOYMENTS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        if !case.facts.runs_with_calico_ipam() {
            return Vec::new();
        }
        let blocks = case.facts.node_blocks.value();
        let gone = blocks.map(|blocks| blocks.gone.as_slice());
        finding(case, gone.unwrap_or_default())
            .into_iter()
            .collect()
    },
};

fn finding(case: &Case, gone: &[GoneNode]) -> Option<Finding> {
    if gone.is_empty() {
        return None;
    }
    let addresses = gone.iter().flat_map(|node| &node.addresses);
    let unknown: Vec<String> = addresses
        .filter(|address| address.owner == AddressOwner::Unknown)
        .map(|address| address.address.to_string())
        .collect();
    let ready = deployment(case.snapshot, KUBE_CONTROLLERS)
        .is_some_and(|found| found.status.is_none() || Replicas::of(found).ready > 0);
    let (severity, impact) = if ready && unknown.is_empty() {
        (
            Severity::Note,
            "none yet: kube-controllers releases them within minutes of a node's deletion",
        )
    } else {
        (Severity::Warning, "no other node can use them")
    };
    let finding = with_controllers(case, ready, kept(severity, gone, &unknown));
    Some(
        finding
            .impact(impact)
            .fixed_by_all(fix(case, ready, &unknown)),
    )
}

/// The blocks and addresses that the nodes still have.
fn kept(severity: Severity, gone: &[GoneNode], unknown: &[String]) -> Finding {
    let names: Vec<&str> = gone.iter().map(|node| node.name.as_str()).collect();
    let blocks = gone.iter().flat_map(|node| &node.blocks);
    let blocks: Vec<String> = blocks.map(ToString::to_string).collect();
    let addresses = gone.iter().flat_map(|node| &node.addresses);
    let addresses: Vec<String> = addresses.map(|one| one.address.to_string()).collect();
    let finding = Finding::new(
        &NODES_GONE.entry,
        severity,
        ObjectRef::all("IPAMBlock"),
        message(&names, blocks.len(), addresses.len()),
    )
    .evidence(ObjectRef::all("IPAMBlock"), "nodes", few(&names))
    .suspects([Suspect::Workload(KUBE_CONTROLLERS)]);
    let lists = [
        ("blocks of these nodes", blocks.as_slice()),
        ("addresses of these nodes", addresses.as_slice()),
        ("addresses of neither a pod nor a tunnel", unknown),
    ];
    let lists = lists.into_iter().filter(|(_, values)| !values.is_empty());
    lists.fold(finding, |finding, (field, values)| {
        finding.evidence(ObjectRef::all("IPAMBlock"), field, few(values))
    })
}

/// Adds why kube-controllers does not release them, if it is not ready.
fn with_controllers(case: &Case, ready: bool, finding: Finding) -> Finding {
    match deployment(case.snapshot, KUBE_CONTROLLERS) {
        Some(found) if !ready => finding.evidence(object_of(found), "status.readyReplicas", 0),
        Some(_) => finding,
        None => finding.evidence(
            ObjectRef::all("Deployment"),
            format!("count (named {KUBE_CONTROLLERS})"),
            0,
        ),
    }
}

fn message(names: &[&str], blocks: usize, addresses: usize) -> String {
    let blocks = (blocks > 0).then(|| counted(blocks, "block"));
    let addresses = match addresses {
        0 => None,
        1 => Some("1 address".to_owned()),
        count => Some(format!("{count} addresses")),
    };
    let what: Vec<String> = [blocks, addresses].into_iter().flatten().collect();
    let what = what.join(" and ");
    match names {
        [one] => format!("{what} of node {one}, which no longer exists"),
        more => format!("{what} of {} nodes that no longer exist", more.len()),
    }
}

fn fix(case: &Case, ready: bool, unknown: &[String]) -> Vec<Step> {
    if !ready {
        let what = format!("restore {KUBE_CONTROLLERS}, which releases them");
        return vec![Step::new(what)];
    }
    if let Some(first) = unknown.first() {
        let what = "find out what each address of unknown origin was assigned to";
        return vec![
            Step::new(what).run(format!("calicoctl ipam show --ip={first}")),
            Step::new("release those that nothing uses; kube-controllers then releases the rest")
                .run(format!("calicoctl ipam release --ip={first}")),
        ];
    }
    let controllers = deployment(case.snapshot, KUBE_CONTROLLERS);
    let namespace = controllers.and_then(|found| found.metadata.namespace.as_deref());
    let namespace = pasted(namespace.unwrap_or_default());
    vec![
        Step::new("if they remain for 10 minutes, kube-controllers' log says why").run(format!(
            "kubectl logs -n {namespace} deployment/{KUBE_CONTROLLERS} --tail=100"
        )),
    ]
}
