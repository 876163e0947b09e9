//! What can be wrong, by subject: one file each, with the checks declared next to what finds them.
//!
//! CAL1xx: the install and its components. CAL2xx: pools and networks. CAL3xx: routing.
//! CAL4xx: Typha. CAL5xx: nodes and pods.

mod agents;
mod api_server;
mod causes;
mod components;
mod consequences;
mod crash_loops;
mod crds;
mod datastore;
mod deletion;
mod images;
mod installation;
mod installation_rules;
mod kube_controllers;
mod migration;
mod node_network;
mod operator;
mod other_plugins;
mod pending;
mod pod_network;
mod reporting;
mod rollout;
mod typha;

use super::check::Check;

/// Every check, in the order of their codes.
pub static CHECKS: &[Check] = &[
    installation::INSTALLATION_MISSING,
    installation::INSTALLATION_NAME,
    operator::OPERATOR_NOT_READY,
    crds::KINDS_NOT_SERVED,
    deletion::DELETION_STUCK,
    migration::HALF_MIGRATED,
    components::COMPONENT_DEGRADED,
    components::COMPONENT_NOT_AVAILABLE,
    reporting::REPORT_OUTDATED,
    installation_rules::RULE_BROKEN,
    datastore::DATA_IN_ETCD,
    api_server::API_SERVER_SILENT,
    reporting::NOTHING_REPORTED,
    pod_network::POOL_OUTSIDE_POD_NETWORK,
    typha::TYPHA_MISSING,
    agents::AGENT_NOT_READY,
    crash_loops::CRASH_LOOP,
    images::IMAGE_NOT_PULLED,
    pending::PODS_WAIT,
    node_network::NETWORK_UNAVAILABLE,
    other_plugins::OTHER_PLUGIN,
    rollout::ROLLOUT_UNDER_WAY,
    kube_controllers::CONTROLLERS_NOT_READY,
];
