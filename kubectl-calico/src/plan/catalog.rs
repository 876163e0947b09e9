//! What `kubectl calico plan` can find, besides what status' checks and the operator's rules find of
//! a plan: the text of each code.

use calico_core::catalog::Entry;

/// Every code of a plan, in the order of the steps that settle a plan.
pub static ENTRIES: &[&Entry] = &[
    &OTHER_NETWORK_PLUGIN,
    &LEFTOVER_POOLS,
    &POOL_UNLISTED,
    &EXISTING_POOL_IMMUTABLE,
    &FAMILY_OUTSIDE_POD_NETWORK,
    &POOL_TOO_SMALL,
    &ENCAPSULATION_ON_CLOUD,
    &ENCAPSULATION_ON_WINDOWS,
    &ENCAPSULATION_WITHOUT_BIRD,
    &ENCAPSULATION_WITH_EBPF,
];

pub(crate) static OTHER_NETWORK_PLUGIN: Entry = Entry {
    code: "other-network-plugin",
    title: "another network plugin already runs in the cluster",
    meaning: "A DaemonSet of another network plugin runs, or k3s runs flannel itself.",
    impact: "On each node, the first file in /etc/cni/net.d decides which plugin connects a pod: \
             some pods get addresses that Calico does not know, and no network policy. Next to \
             Cilium as the platform's plugin (GKE Dataplane V2, Azure CNI powered by Cilium), two \
             components would enforce policy.",
    criteria: "Plugins are recognized by the containers of their DaemonSets, flannel in k3s by \
               --flannel-backend in the annotation k3s.io/node-args of a server. Only a cluster \
               without pools is judged. It is an error where Calico would only enforce policy and \
               Cilium already does, and a warning otherwise.",
    fix: "Remove the other plugin, including its file in /etc/cni/net.d on every node, or create \
          the cluster without it. With Cilium as the platform's plugin, do not install Calico.",
    source: "containernetworking/cni, libcni (the order of configuration files); Google's \
             documentation, GKE Dataplane V2; Microsoft's, Azure CNI powered by Cilium",
};

pub(crate) static LEFTOVER_POOLS: Entry = Entry {
    code: "leftover-pools",
    title: "pools of an earlier installation still exist",
    meaning: "Calico does not run, but IPPools exist.",
    impact: "While pools exist, the operator does not check new pools against the pod CIDR, and \
             does not take over a pool that has the same CIDR as a planned one.",
    criteria: "IPPools exist, and neither calico-node nor the operator nor an Installation does.",
    fix: "Delete the pools before Calico is installed again, unless their addresses are still in use.",
    source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go",
};

pub(crate) static POOL_UNLISTED: Entry = Entry {
    code: "pool-unlisted",
    title: "the Installation no longer lists a pool that the operator owns",
    meaning: "An IPPool carries the operator's label, and no pool of the Installation has its CIDR.",
    impact: "The operator deletes the pool as soon as Calico's API server permits it, and the \
             pool's pods lose their routes and NAT. Any change of the Installation can be the one \
             that starts it.",
    criteria: "As for CAL208, from operator 1.34 on. It is a warning: the plan's first step restores \
               the pool.",
    fix: "Carry out the plan's steps in order: the first restores the pool to the Installation.",
    source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go",
};

pub(crate) static EXISTING_POOL_IMMUTABLE: Entry = Entry {
    code: "existing-pool-immutable",
    title: "an existing pool's CIDR or block size cannot be changed",
    meaning: "The requested CIDR or block size differs from that of the existing pool.",
    impact: "Calico's API rejects the change. With the operator, a new CIDR in the Installation has \
             it delete the pool while pods still use its addresses.",
    criteria: "The pool that new pods get addresses from is compared with the plan.",
    fix: "Create a second pool and move the pods to it: the plan's steps do that.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; tigera/operator \
             v1.42.3, pkg/controller/ippool/pool_controller.go",
};

pub(crate) static FAMILY_OUTSIDE_POD_NETWORK: Entry = Entry {
    code: "family-outside-pod-network",
    title: "the pod CIDR has no network of the pool's address family",
    meaning: "A new pool is planned for an address family that Kubernetes has no pod CIDR of.",
    impact: "kube-proxy mistakes pods' addresses for addresses outside the cluster and hides them \
             from network policy.",
    criteria: "The pod CIDR is known, and none of its networks is of the pool's family.",
    fix: "Configure Kubernetes for that family first, with dual-stack pod and Service CIDRs.",
    source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go",
};

pub(crate) static POOL_TOO_SMALL: Entry = Entry {
    code: "pool-too-small",
    title: "the pool is too small for the nodes and their pods",
    meaning: "The pool has fewer blocks than there are nodes, or fewer addresses than the nodes can \
              run pods.",
    impact: "Nodes without a block borrow single addresses, each with a route of its own; with \
             strict affinity they get none. A full pool gives new pods no address.",
    criteria: "The pool's blocks are compared with --nodes, or the number of nodes in the cluster; \
               each node needs --pods-per-node addresses, or as many as its kubelet runs pods, and \
               one for its tunnel. Too few blocks are a warning, too few addresses a note.",
    fix: "Choose smaller blocks with --block-size or a larger pool with --cidr, or set the real \
          numbers with --nodes and --pods-per-node.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go",
};

pub(crate) static ENCAPSULATION_ON_CLOUD: Entry = Entry {
    code: "encapsulation-on-cloud",
    title: "the cloud's network needs preparation for this encapsulation",
    meaning: "The requested encapsulation depends on routes, firewall rules or port settings that \
              this cloud does not have by default.",
    impact: "Until they exist, packets between pods on different nodes are dropped.",
    criteria: "The cloud is recognized by the providerID of a node. A warning: unencapsulated \
               traffic on Azure, OpenStack and, with None, on Google Cloud. A note: IPIP on AWS and \
               Google Cloud. What no setting permits is CAL301.",
    fix: "Choose VXLAN, or prepare the network as the finding says.",
    source: "Calico's documentation of each cloud (3.32); OpenStack Neutron, port security",
};

pub(crate) static ENCAPSULATION_ON_WINDOWS: Entry = Entry {
    code: "encapsulation-on-windows",
    title: "Calico for Windows does not support this encapsulation",
    meaning: "The cluster has Windows nodes, and the pool uses neither VXLAN nor None.",
    impact: "Pods on Windows nodes cannot reach pods on other nodes.",
    criteria: "Windows nodes are those with the label kubernetes.io/os=windows.",
    fix: "Choose VXLAN.",
    source: "Calico's documentation, Calico for Windows (3.32)",
};

pub(crate) static ENCAPSULATION_WITHOUT_BIRD: Entry = Entry {
    code: "encapsulation-without-bird",
    title: "the encapsulation needs BIRD, which calico-node does not run",
    meaning: "Calico was installed from a manifest whose backend is not bird, and the pool is not \
              VXLAN.",
    impact: "No component programs the routes: pods on different nodes cannot reach each other.",
    criteria: "CALICO_NETWORKING_BACKEND of calico-node is not bird, and Felix does not program the \
               routes of this encapsulation (programClusterRoutes). Installations of the operator \
               are covered by its own rules.",
    fix: "Choose VXLAN, or make calico-node run BIRD: calico_backend: bird in ConfigMap \
          kube-system/calico-config.",
    source: "projectcalico/calico v3.32.1, node/filesystem/etc/rc.local",
};

pub(crate) static ENCAPSULATION_WITH_EBPF: Entry = Entry {
    code: "encapsulation-with-ebpf",
    title: "the eBPF data plane does not support IPIP reliably",
    meaning: "The Installation selects the eBPF data plane, and the pool uses IPIP.",
    impact: "Pods on different nodes may not reach each other.",
    criteria: "linuxDataplane of the Installation is BPF, and the encapsulation is IPIP or \
               IPIPCrossSubnet.",
    fix: "Choose VXLAN.",
    source: "projectcalico/felix#2669; kOps' documentation of Calico",
};
