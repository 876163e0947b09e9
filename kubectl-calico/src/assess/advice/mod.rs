//! What several checks share: the causes behind the operator's messages, the impact of a missing
//! part of Calico, and the ownership of pools.

pub(crate) mod agent_advice;
pub(crate) mod beside_kube_proxy;
pub(crate) mod bundled;
pub(crate) mod causes;
pub(crate) mod crash_advice;
pub(crate) mod felix_effect;
pub(crate) mod felix_setting;
pub(crate) mod first_pool;
pub(crate) mod impact;
pub(crate) mod install_kube_proxy;
pub(crate) mod messages;
pub(crate) mod misplaced;
pub(crate) mod moves;
pub(crate) mod new_installation;
pub(crate) mod new_pools;
pub(crate) mod ownership;
pub(crate) mod perhaps_new;
pub(crate) mod placeholder;
pub(crate) mod pod_commands;
pub(crate) mod pod_network_change;
pub(crate) mod pool_deletions;
pub(crate) mod pool_fixes;
pub(crate) mod pool_to_come;
pub(crate) mod refused;
pub(crate) mod relocation;
pub(crate) mod reservations;
pub(crate) mod services_endpoint;
pub(crate) mod sound_encapsulation;
pub(crate) mod typha_scale;
pub(crate) mod undeletable;
pub(crate) mod unscheduled;
pub(crate) mod waiting_causes;
