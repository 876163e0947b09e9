//! What may excuse a finding: rows that a check can do without, but in which it could read that what it finds
//! is as it should be. If such a row could not be read, the check is skipped. Rows that files do not contain
//! excuse nothing.

use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{
    CALICO_CONFIG, CALICO_CONFIGS, CALICO_PODS, CILIUM_CONFIG, DAEMON_SETS, DEPLOYMENTS,
    INSTALLATIONS, IP_POOLS, IPAM_BLOCKS, MANIFEST_SERVICES_ENDPOINT, NODES, OPERATORS,
    SERVICES_ENDPOINTS, TIGERA_STATUSES,
};

/// The rows, by the code of the check.
static EXCUSES: &[(&str, &[&[&Resource]])] = &[
    // What shows that Calico runs, without which a TigeraStatus is a leftover of an uninstall.
    (
        "CAL107",
        &[&[
            &DAEMON_SETS,
            &OPERATORS,
            &DEPLOYMENTS,
            &IP_POOLS,
            &INSTALLATIONS,
        ]],
    ),
    // What the operator has accepted before, or already made pools of.
    ("CAL110", &[&[&IP_POOLS, &TIGERA_STATUSES]]),
    // What sets the version of Calico before its image does.
    ("CAL117", &[&[&INSTALLATIONS]]),
    // The objects around calico-node that may have a placeholder.
    (
        "CAL118",
        &[
            CALICO_CONFIGS,
            SERVICES_ENDPOINTS,
            &[&INSTALLATIONS, &OPERATORS, &DEPLOYMENTS, &CALICO_PODS],
        ],
    ),
    // A pool that was left behind, or is not in use because Calico's data is in etcd.
    ("CAL201", &[&[&DAEMON_SETS, &OPERATORS, &INSTALLATIONS]]),
    // A disabled pool without addresses in use.
    ("CAL202", &[&[&IPAM_BLOCKS]]),
    ("CAL301", &[&[&IPAM_BLOCKS]]),
    // Pools that show which of the sources is right.
    ("CAL207", &[&[&IP_POOLS]]),
    // Another IPAM or CNI plugin, or that Felix does not use Typha.
    ("CAL210", &[&[&CALICO_CONFIG]]),
    ("CAL212", &[&[&CALICO_CONFIG]]),
    ("CAL401", &[&[&CALICO_CONFIG]]),
    ("CAL504", &[&[&CALICO_CONFIG]]),
    // The data plane VPP, which programs routes itself.
    ("CAL303", &[&[&IPAM_BLOCKS, &INSTALLATIONS]]),
    // Pods of another workload; or a pod that is not ready, which is another finding.
    ("CAL403", &[&[&CALICO_PODS]]),
    ("CAL505", &[&[&CALICO_PODS]]),
    // Fewer nodes than replicas, which is another finding.
    ("CAL404", &[&[&NODES]]),
    // That host-local IPAM assigns the addresses, for which the cloud has routes.
    ("CAL317", &[&[&CALICO_CONFIG, &DAEMON_SETS, &INSTALLATIONS]]),
    // That Cilium is chained to Calico, or that the plugins have nodes of their own.
    ("CAL506", &[&[&CILIUM_CONFIG, &NODES]]),
    ("CAL514", &[&[&NODES]]),
    // The method of detection that the Installation requests.
    ("CAL510", &[&[&INSTALLATIONS]]),
    // What has the list.
    ("CAL225", &[CALICO_CONFIGS]),
    // The address that calico-node of a manifest takes from it.
    ("CAL313", &[&[&CALICO_CONFIG, &MANIFEST_SERVICES_ENDPOINT]]),
    ("CAL314", &[&[&CALICO_CONFIG, &MANIFEST_SERVICES_ENDPOINT]]),
    // That the operator already reports it; or that CoreDNS has no address of a pool.
    ("CAL509", &[&[&TIGERA_STATUSES, &CALICO_PODS]]),
];

/// Whether a row could excuse what the check with that code finds.
pub(super) fn excuses(resource: &Resource, code: &str) -> bool {
    let mut of_code = EXCUSES.iter().filter(|(of, _)| *of == code);
    of_code.any(|(_, rows)| {
        let mut rows = rows.iter().copied().flatten();
        rows.any(|row| std::ptr::eq(*row, resource))
    })
}
