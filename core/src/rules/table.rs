//! Every rule, in the order in which they are checked.

use super::rule::{Enforcement, Rule};
use super::{
    advice, autodetection, bgp, block_size, bpf, cidr, cluster_settings, cni, dataplane,
    default_pool, encapsulation, existing_pools, ip_pool_schema, load_balancer, node_settings,
    overlaps, pod_network, policy_only, pool_changes, pool_fields, pools, schema,
    supported_settings, unknown_field, windows,
};

/// The rules that need only the Installation.
pub(super) static RULES: &[Rule] = &[
    schema::FIELD_TYPE,
    schema::CIDR_MISSING,
    schema::FIELD_MISSING,
    schema::SETTING_NAME,
    schema::NAT_OUTGOING_NAME,
    supported_settings::DISRUPTION_BUDGET,
    pool_fields::ALLOWED_USES_NAME,
    ip_pool_schema::ALLOWED_USES_REJECTED,
    pool_fields::NODE_SELECTOR_SYNTAX,
    ip_pool_schema::ASSIGNMENT_MODE_NAME,
    ip_pool_schema::POOL_NAME,
    ip_pool_schema::CIDR_LENGTH,
    pools::POOLS_MAXIMUM,
    unknown_field::UNKNOWN_FIELD,
    cidr::CIDR_SYNTAX,
    cidr::CIDR_IPV4_MAPPED,
    cidr::CIDR_HOST_BITS,
    cidr::CIDR_NOTATION,
    cidr::CIDR_LINK_LOCAL,
    block_size::BLOCK_SIZE_RANGE,
    block_size::BLOCK_SIZE_FIT,
    encapsulation::ENCAPSULATION_NAME,
    encapsulation::IPIP_ON_IPV6,
    encapsulation::VXLAN_WITH_HOST_LOCAL,
    policy_only::ENCAPSULATION_WITHOUT_CALICO_CNI,
    windows::WINDOWS_ENCAPSULATION,
    windows::WINDOWS_FURTHER_POOLS,
    windows::WINDOWS_SERVICE_CIDRS,
    windows::WINDOWS_NODES,
    bgp::IPIP_WITHOUT_BGP,
    bgp::UNENCAPSULATED_WITHOUT_BGP,
    policy_only::BGP_WITHOUT_CALICO_CNI,
    bpf::BPF_WITH_IPV6,
    bpf::BPF_IPV6_AUTODETECTION,
    pools::POOLS_PER_FAMILY,
    pools::POOL_DUPLICATE,
    overlaps::POOL_OVERLAP,
    policy_only::NODE_SELECTOR_WITHOUT_CALICO_CNI,
    load_balancer::LOAD_BALANCER_USES,
    load_balancer::LOAD_BALANCER_ENCAPSULATION,
    load_balancer::LOAD_BALANCER_NODE_SELECTOR,
    load_balancer::LOAD_BALANCER_BGP_EXPORT,
    load_balancer::LOAD_BALANCER_NAT_OUTGOING,
    default_pool::DEFAULT_POOL,
    cni::CNI_PROVIDER,
    cni::CNI_IPAM,
    cni::CALICO_CNI_ONLY,
    dataplane::VPP_SETTINGS,
    dataplane::BPF_HOST_PORTS,
    dataplane::POLICY_SETUP_TIMEOUT,
    autodetection::AUTODETECTION_METHODS,
    autodetection::AUTODETECTION_CIDR,
    node_settings::ABSOLUTE_PATH,
    node_settings::UPDATE_STRATEGY,
    node_settings::CONTROL_PLANE,
    node_settings::COMPONENT_RESOURCES,
    node_settings::CNI_LOGGING,
    supported_settings::NON_PRIVILEGED,
    supported_settings::FIPS_MODE,
    supported_settings::AZURE_PROVIDER,
    advice::FEW_BLOCKS,
    advice::PUBLIC_RANGE,
    advice::DEFAULT_SERVICES,
];

/// The rules that compare an Installation with its cluster. They are skipped if nothing is known
/// about the cluster.
pub(super) static CLUSTER_RULES: &[Rule] = &[
    existing_pools::EXISTING_POOL_MISSING,
    pool_changes::EXISTING_POOL_BLOCK_SIZE,
    pool_changes::EXISTING_POOL_ENCAPSULATION,
    pool_changes::EXISTING_POOL_NAME,
    pool_changes::EXISTING_POOL_NOT_OWNED,
    existing_pools::EXISTING_POOL_OVERLAP,
    cluster_settings::CLUSTER_SETTING_MISSING,
    pod_network::OUTSIDE_POD_NETWORK,
    pod_network::OUTSIDE_POD_NETWORK_UNCHECKED,
    overlaps::SERVICES_OVERLAP,
    overlaps::NODES_OVERLAP,
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(CLUSTER_RULES)
}

impl Rule {
    /// Whether it compares the Installation with its cluster.
    pub fn needs_cluster(&self) -> bool {
        let mut rules = CLUSTER_RULES.iter();
        rules.any(|rule| rule.entry.code == self.entry.code)
    }

    /// Whether it is about the schema of the CRD: the API server sees one object at a time, as it
    /// is written.
    pub fn is_of_schema(&self) -> bool {
        self.enforcement == Enforcement::ApiServer
            || self.entry.code == unknown_field::UNKNOWN_FIELD.entry.code
    }
}
