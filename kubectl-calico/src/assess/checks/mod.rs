//! What can be wrong, by subject: one file each, with the checks declared next to what finds them.
//!
//! CAL1xx: the install and its components. CAL2xx: pools and networks. CAL3xx: routing.
//! CAL4xx: Typha. CAL5xx: nodes and pods.

pub(crate) mod address_detection;
mod agent_counts;
pub(crate) mod agents;
mod agents_replaced;
mod amazon_vpc;
pub(crate) mod api_server;
pub(crate) mod bgp;
pub(crate) mod bgp_peers;
pub(crate) mod block_limit;
pub(crate) mod block_size;
pub(crate) mod borrowed;
pub(crate) mod capacity;
pub(crate) mod cloud_ipip;
pub(crate) mod cloud_plain;
pub(crate) mod cni_token;
pub(crate) mod components;
pub(crate) mod crash_loops;
pub(crate) mod crds;
pub(crate) mod cross_subnet;
pub(crate) mod dataplane;
pub(crate) mod datastore;
mod datastore_migration;
pub(crate) mod deletion;
pub(crate) mod drift;
pub(crate) mod ebpf;
pub(crate) mod family_without_pool;
mod felix_environment;
pub(crate) mod foreign_pods;
pub(crate) mod gone_nodes;
pub(crate) mod images;
pub(crate) mod installation;
pub(crate) mod installation_rules;
pub(crate) mod ipv6_off;
pub(crate) mod kube_controllers;
pub(crate) mod kube_proxy;
pub(crate) mod kube_proxy_mode;
pub(crate) mod kubeadm;
pub(crate) mod kubeadm_misread;
pub(crate) mod kubernetes_version;
pub(crate) mod leaked_addresses;
pub(crate) mod leftovers;
pub(crate) mod lost_blocks;
pub(crate) mod lost_tunnels;
pub(crate) mod migration;
mod mixed_releases;
pub(crate) mod mtu;
mod namespace_deletion;
pub(crate) mod nat_outgoing;
pub(crate) mod network_sources;
pub(crate) mod no_free_block;
pub(crate) mod no_kube_proxy;
pub(crate) mod no_pool;
pub(crate) mod node_addresses;
pub(crate) mod node_network;
pub(crate) mod node_ready;
pub(crate) mod node_selectors;
pub(crate) mod nodes_left_out;
pub(crate) mod nodes_without_address;
pub(crate) mod operator;
mod operator_without_api;
pub(crate) mod other_plugins;
pub(crate) mod overlapping_pools;
pub(crate) mod overlaps;
pub(crate) mod pending;
pub(crate) mod pinned_pools;
pub(crate) mod placeholders;
pub(crate) mod plain_subnets;
pub(crate) mod pod_cidrs;
pub(crate) mod pod_cidrs_outside;
pub(crate) mod pod_network;
pub(crate) mod pool_cidr;
mod reinstalled_node;
pub(crate) mod reporting;
pub(crate) mod retina;
pub(crate) mod rollout;
pub(crate) mod routes;
pub(crate) mod source_check;
pub(crate) mod stray_blocks;
pub(crate) mod tested_kubernetes;
pub(crate) mod tunnel_addresses;
pub(crate) mod tunnels;
pub(crate) mod two_operators;
pub(crate) mod typha;
pub(crate) mod typha_gone;
pub(crate) mod typha_replicas;
pub(crate) mod typha_room;
pub(crate) mod usage;
mod vxlan_settings;
pub(crate) mod windows_affinity;
mod windows_agents;
pub(crate) mod wireguard;

use super::check::{Check, Judges};

/// What the check with a code evaluates.
pub fn judges(code: &str) -> Option<Judges> {
    let check = CHECKS.iter().find(|check| check.entry.code == code)?;
    Some(check.judges)
}

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
    datastore::DATASTORE_LOCKED,
    kubernetes_version::OPERATOR_TOO_OLD,
    leftovers::LEFTOVERS,
    tested_kubernetes::NOT_TESTED,
    placeholders::PLACEHOLDER_LEFT,
    two_operators::TWO_OPERATORS,
    datastore_migration::MIGRATION_STOPPED,
    mixed_releases::MIXED_RELEASES,
    pod_network::POOL_OUTSIDE_POD_NETWORK,
    overlaps::OVERLAPS_SERVICES,
    overlaps::OVERLAPS_NODES,
    overlapping_pools::OVERLAPS_POOL,
    kubeadm::POD_SUBNET_MISSING,
    kubeadm_misread::POD_SUBNET_MISREAD,
    network_sources::SOURCES_DISAGREE,
    drift::POOLS_DIFFER,
    pool_cidr::NOT_CANONICAL,
    capacity::FEWER_BLOCKS_THAN_NODES,
    usage::NEARLY_FULL,
    no_pool::NO_POOL,
    block_size::BLOCK_SIZE,
    pool_cidr::UNREADABLE,
    node_selectors::POOLS_FOR_SOME_NODES,
    node_selectors::SELECTOR_UNREADABLE,
    nat_outgoing::NO_NAT,
    ipv6_off::IPV6_HALF_ENABLED,
    stray_blocks::OTHER_SIZE,
    stray_blocks::OUTSIDE_POOLS,
    gone_nodes::NODES_GONE,
    borrowed::BORROWED,
    block_limit::BLOCK_LIMIT,
    pinned_pools::POOL_PINNED,
    leaked_addresses::ADDRESSES_LEAKED,
    lost_blocks::BLOCKS_LOST,
    lost_tunnels::TUNNEL_LOST,
    windows_affinity::NO_STRICT_AFFINITY,
    pod_cidrs::POD_CIDR_MISSING,
    pod_cidrs_outside::POD_CIDRS_OUTSIDE_POOLS,
    family_without_pool::FAMILY_WITHOUT_POOL,
    cloud_ipip::IPIP_IN_CLOUD,
    cross_subnet::NODE_WITHOUT_SUBNET,
    routes::NO_ROUTES,
    bgp_peers::NO_PEERS,
    tunnels::BOTH_TUNNELS,
    tunnels::TUNNEL_FORCED,
    wireguard::NODES_WITHOUT_KEY,
    bgp::LARGE_MESH,
    source_check::AWS_SOURCE_CHECK,
    dataplane::DATAPLANE_DRIFT,
    dataplane::DEBUG_LOG,
    ebpf::KERNEL_TOO_OLD,
    ebpf::NO_API_ADDRESS,
    ebpf::KUBE_PROXY_BESIDE,
    mtu::MTU_TOO_LARGE,
    retina::RETINA_BESIDE_IPIP,
    cloud_plain::PLAIN_IN_CLOUD,
    kube_proxy_mode::OTHER_MODE,
    kube_proxy::PROXY_NOT_READY,
    felix_environment::SETTING_OVERRIDDEN,
    no_kube_proxy::NO_KUBE_PROXY,
    tunnel_addresses::TUNNEL_ADDRESS,
    plain_subnets::PLAIN_ACROSS_SUBNETS,
    typha::TYPHA_MISSING,
    typha::TYPHA_UNUSED,
    typha_gone::TYPHA_GONE,
    typha_replicas::NOT_READY,
    typha_replicas::TOO_FEW,
    typha_room::TOO_MANY,
    typha_room::NO_ROOM,
    agents::AGENT_NOT_READY,
    crash_loops::CRASH_LOOP,
    images::IMAGE_NOT_PULLED,
    pending::PODS_WAIT,
    node_network::NETWORK_UNAVAILABLE,
    other_plugins::OTHER_PLUGIN,
    rollout::ROLLOUT_UNDER_WAY,
    kube_controllers::CONTROLLERS_NOT_READY,
    nodes_left_out::NODES_LEFT_OUT,
    node_addresses::WRONG_ADDRESS,
    nodes_without_address::NO_ADDRESS,
    node_ready::NODE_NOT_READY,
    cni_token::TOKEN_NOT_RENEWED,
    foreign_pods::ADDRESS_OUTSIDE_POOLS,
    address_detection::NO_ADDRESS_OF_FAMILY,
];
