//! What `kubectl calico plan` can find in addition to the checks of status and the operator's rules:
//! the text of each code.

use calico_core::catalog::Entry;

use crate::assess::check::Check;
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::components::{COMPONENT_DEGRADED, COMPONENT_NOT_AVAILABLE};
use crate::assess::checks::crds::KINDS_NOT_SERVED;
use crate::assess::checks::deletion::DELETION_STUCK;
use crate::assess::checks::installation::INSTALLATION_NAME;
use crate::assess::checks::kubernetes_version::OPERATOR_TOO_OLD;
use crate::assess::checks::migration::HALF_MIGRATED;
use crate::assess::checks::operator::OPERATOR_NOT_READY;
use crate::assess::checks::pool_cidr::UNREADABLE;

/// Every code of a plan, in the order in which plans are made.
pub static ENTRIES: &[&Entry] = &[
    &OTHER_NETWORK_PLUGIN,
    &LEFTOVER_POOLS,
    &POOL_UNLISTED,
    &EXISTING_POOL_IMMUTABLE,
    &POOL_OF_POD_CIDRS,
    &POOL_OVERLAPS_EXISTING,
    &FAMILY_OUTSIDE_POD_NETWORK,
    &FAMILY_WITHOUT_ADDRESSES,
    &POOL_TOO_SMALL,
    &ENCAPSULATION_ON_CLOUD,
    &ENCAPSULATION_ON_WINDOWS,
    &ENCAPSULATION_WITHOUT_BIRD,
    &ENCAPSULATION_WITH_EBPF,
];

/// The errors that the steps of a plan resolve. Any other error comes before the steps: what they would
/// create is rejected, does not work, or cannot be undone.
pub(crate) static RESOLVED_BY_STEPS: &[&Entry] = &[&EXISTING_POOL_IMMUTABLE];

/// The checks of what runs whose findings come before the steps, too, which cannot work until then.
pub(crate) static BEFORE_STEPS: &[&Check] = &[
    // The API server does not know the objects that the steps create.
    &KINDS_NOT_SERVED,
    // Nothing can be created in a namespace that is being deleted, and the Installation disappears.
    &DELETION_STUCK,
    // The operator never completes an install.
    &OPERATOR_TOO_OLD,
];

/// The checks whose errors mean that the operator does not change pools: it does not run, does not read the Installation,
/// has stopped, or does not reach Calico's API server.
pub(crate) static STOP_OPERATOR: &[&Check] = &[
    &INSTALLATION_NAME,
    &OPERATOR_NOT_READY,
    &HALF_MIGRATED,
    &COMPONENT_DEGRADED,
    &COMPONENT_NOT_AVAILABLE,
    &API_SERVER_SILENT,
    &UNREADABLE,
];

pub(crate) static OTHER_NETWORK_PLUGIN: Entry = Entry {
    code: "other-network-plugin",
    title: "another network plugin already runs in the cluster",
    meaning: "A DaemonSet of another network plugin is running, or k3s runs its built-in flannel.",
    impact: "On each node, the first file in /etc/cni/net.d decides which plugin connects a pod: \
             some pods get addresses that Calico does not know, and no network policy. With Cilium \
             as the platform's plugin (GKE Dataplane V2, Azure CNI powered by Cilium), two \
             components would enforce policy.",
    criteria: "Plugins are recognized by the containers of their DaemonSets, and flannel in k3s by \
               --flannel-backend in a server's annotation k3s.io/node-args. Only clusters without \
               pools are checked. The finding is an error if Calico would only enforce policy and \
               Cilium already does so, and a warning otherwise.",
    fix: "Remove the other plugin, including its file in /etc/cni/net.d on every node, or create \
          the cluster without it. With Cilium as the platform's plugin, do not install Calico.",
    source: "containernetworking/cni, libcni (the order of configuration files); Google's \
             documentation, GKE Dataplane V2; Microsoft's documentation, Azure CNI powered by \
             Cilium",
};

pub(crate) static LEFTOVER_POOLS: Entry = Entry {
    code: "leftover-pools",
    title: "pools from an earlier installation still exist",
    meaning: "Calico is not running, but IPPools exist.",
    impact: "While pools exist, the operator does not check new pools against the pod CIDR, and \
             does not take over a pool that has the same CIDR as a planned one.",
    criteria: "IPPools exist, but calico-node, the operator and the Installation do not; or the operator waits for an \
               Installation, and none of the pools has addresses for the pods of this cluster, or all are unused and \
               outside the pod CIDR.",
    fix: "Delete the pools before installing Calico again, unless their addresses are still in \
          use.",
    source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go",
};

pub(crate) static POOL_UNLISTED: Entry = Entry {
    code: "pool-unlisted",
    title: "the Installation no longer lists a pool that the operator owns",
    meaning: "An IPPool has the operator's label, but no pool in the Installation has its CIDR.",
    impact: "Once the operator and Calico's API server both run, the operator deletes the pool, and the \
             pool's pods lose their routes and NAT. Any change to the Installation can trigger \
             this.",
    criteria: "The same as for CAL208, with operator 1.34 and later. The finding is a warning, \
               because the plan's first step restores the pool.",
    fix: "Follow the plan's steps in order: the first step adds the pool back to the Installation.",
    source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go",
};

pub(crate) static EXISTING_POOL_IMMUTABLE: Entry = Entry {
    code: "existing-pool-immutable",
    title: "an existing pool's CIDR or block size cannot be changed",
    meaning: "The requested CIDR or block size differs from that of the existing pool.",
    impact: "Calico's API rejects the change. With the operator, a new CIDR in the Installation \
             makes the operator delete the pool while pods still use its addresses.",
    criteria: "The pool that new pods get addresses from is compared with the plan.",
    fix: "Create a second pool and move the pods to it, as the plan's steps do.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; tigera/operator \
             v1.42.3, pkg/controller/ippool/pool_controller.go",
};

pub(crate) static POOL_OF_POD_CIDRS: Entry = Entry {
    code: "pool-of-pod-cidrs",
    title: "a pool with the podCIDRs of nodes cannot be replaced",
    meaning: "The requested CIDR or block size differs from that of the existing pool, and host-local IPAM gives pods the \
              addresses of their node's podCIDR, which is in that pool.",
    impact: "With host-local IPAM, a pool only determines which addresses get tunnels, routes and NAT. No pod \
             would move to another pool, and without this pool, all pods would lose their routes and NAT.",
    criteria: "IPAM is host-local, and the pool overlaps the podCIDR of a node, or the nodes could not be read.",
    fix: "Keep the pool. For another range, change the pod CIDR of Kubernetes, add a pool for it, and replace the nodes.",
    source: "projectcalico/calico v3.32.1, confd/etc/calico/confd/templates/bird_ipam.cfg.template; kubernetes v1.34, \
             pkg/apis/core/validation",
};

pub(crate) static POOL_OVERLAPS_EXISTING: Entry = Entry {
    code: "pool-overlaps-existing",
    title: "a new pool must not overlap an existing one",
    meaning: "A new pool is planned, and it shares addresses with an existing pool other than the one that it replaces.",
    impact: "Calico's API rejects the new pool (IPPool CIDR overlaps). The pool that it replaces would be disabled all the \
             same, and pods that are recreated would get no address.",
    criteria: "The new pool is compared with every existing pool: with a disabled one and one for load balancers, too. It \
               may overlap the pool that it replaces: the steps then use a temporary pool.",
    fix: "Choose a range that overlaps no existing pool, or delete the other pool first, once none of its addresses are in \
          use.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; tigera/operator v1.42.3, \
             pkg/controller/ippool/pool_controller.go",
};

pub(crate) static FAMILY_OUTSIDE_POD_NETWORK: Entry = Entry {
    code: "family-outside-pod-network",
    title: "the pod CIDR has no network of the pool's address family",
    meaning: "A new pool is planned for an address family for which Kubernetes has no pod CIDR.",
    impact: "kube-proxy treats traffic from these pods to Services as coming from outside the cluster and \
             replaces its source address, so network policies no longer match it.",
    criteria: "The pod CIDR is known, and none of its networks is of the pool's family.",
    fix: "Configure Kubernetes for that family first, with dual-stack pod and Service CIDRs.",
    source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go",
};

pub(crate) static FAMILY_WITHOUT_ADDRESSES: Entry = Entry {
    code: "family-without-addresses",
    title: "nodes have no address of the pool's family",
    meaning: "A new pool is planned for an address family of which nodes report no address.",
    impact: "Once there is such a pool, the operator has calico-node detect an address of its family on every node. \
             On a node without one, calico-node stops, and the rollout does not go on.",
    criteria: "A Linux node reports addresses (InternalIP, ExternalIP, or what calico-node has detected), and none of them \
               is of the pool's family.\n\
               - Error: no node reports one.\n\
               - Warning: some nodes report none; or no node does, and the pool was not requested: existing pools are \
               then planned without it.",
    fix: "Give every node an address of the family, and start its kubelet with both in --node-ip, which Kubernetes \
          requires for dual stack where no cloud provider sets the addresses.",
    source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go (fillDefaults); \
             projectcalico/calico v3.32.1, node/pkg/lifecycle/startup/startup.go (configureIPsAndSubnets)",
};

pub(crate) static POOL_TOO_SMALL: Entry = Entry {
    code: "pool-too-small",
    title: "the pool is too small for the nodes and their pods",
    meaning: "The pool has fewer blocks than there are nodes, or too few addresses for the number \
              of pods that the nodes can run.",
    impact: "Nodes without a block borrow individual addresses, each with its own route; with \
             strict affinity, they get none. Once the pool is full, new pods get no address.",
    criteria: "The pool's blocks are compared with --nodes, or the number of nodes in the cluster; \
               each node needs one address per pod (--pods-per-node, or the kubelet's limit) and \
               one for its tunnel. What IPReservations exclude does not count: addresses, and blocks of which they \
               exclude every address. Too few blocks are a warning, and an error for a new pool if the IPAMConfig turns \
               strict affinity on; too few addresses are a note, and an error for a new pool if there are none. A node \
               has at most 20 blocks of a family (maxBlocksPerHost): a size with which a node full of pods needs more is \
               an error, and a warning where the plan cannot change it.",
    fix: "Choose smaller blocks with --block-size or a larger pool with --cidr, or specify \
          realistic numbers with --nodes and --pods-per-node.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go",
};

pub(crate) static ENCAPSULATION_ON_CLOUD: Entry = Entry {
    code: "encapsulation-on-cloud",
    title: "the cloud's network must be configured for this encapsulation",
    meaning: "The requested encapsulation depends on routes, firewall rules or port settings that \
              this cloud does not have by default.",
    impact: "Until these are in place, packets between pods on different nodes are dropped.",
    criteria: "The cloud is recognized by the providerID of a node. Unencapsulated traffic is a \
               warning on Azure, OpenStack, Oracle Cloud and, with None, on Google Cloud. IPIP is a note on AWS \
               and Google Cloud. An encapsulation that no setting permits is reported as CAL301.",
    fix: "Choose VXLAN, or configure the network as the finding says.",
    source: "Calico's documentation of each cloud (3.32); OpenStack Neutron, port security; Oracle \
             Cloud documentation, VNICs (source/destination check)",
};

pub(crate) static ENCAPSULATION_ON_WINDOWS: Entry = Entry {
    code: "encapsulation-on-windows",
    title: "Calico for Windows does not support this encapsulation",
    meaning: "The cluster has Windows nodes, and the pool uses neither VXLAN nor None.",
    impact: "Pods on Windows nodes cannot reach pods on other nodes.",
    criteria: "Nodes with the label kubernetes.io/os=windows are Windows nodes.",
    fix: "Choose VXLAN.",
    source: "Calico's documentation, Calico for Windows (3.32)",
};

pub(crate) static ENCAPSULATION_WITHOUT_BIRD: Entry = Entry {
    code: "encapsulation-without-bird",
    title: "the encapsulation needs BIRD, which calico-node does not run",
    meaning: "Calico was installed from a manifest with a backend other than bird, and the pool \
              does not use VXLAN.",
    impact: "No component programs the routes: pods on different nodes cannot reach each other.",
    criteria: "CALICO_NETWORKING_BACKEND of calico-node is not bird, and Felix does not program \
               the routes of this encapsulation (programClusterRoutes). Operator installs are \
               covered by the operator's own rules.",
    fix: "Choose VXLAN, or make calico-node run BIRD by setting calico_backend: bird in the \
          ConfigMap kube-system/calico-config.",
    source: "projectcalico/calico v3.32.1, node/filesystem/etc/rc.local",
};

pub(crate) static ENCAPSULATION_WITH_EBPF: Entry = Entry {
    code: "encapsulation-with-ebpf",
    title: "the eBPF data plane does not support IPIP reliably",
    meaning: "The Installation selects the eBPF data plane, and the pool uses IPIP.",
    impact: "Pods on different nodes may not reach each other.",
    criteria: "linuxDataplane in the Installation is BPF, and the encapsulation is IPIP or \
               IPIPCrossSubnet.",
    fix: "Choose VXLAN.",
    source: "projectcalico/felix#2669; kOps' documentation of Calico",
};
