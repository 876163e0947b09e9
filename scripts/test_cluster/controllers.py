"""What acts in a cluster: Kubernetes' controllers and scheduler, and kwok, which plays the kubelet of every node."""

import pathlib

from . import server
from .api import Refused, exists

# The pods' addresses: what the operator makes its first pool of if nobody says otherwise.
POD_NETWORK = "192.168.0.0/16"

STAGES = pathlib.Path(__file__).parent / "stages.yaml"


class Controllers:
    def __init__(self, apiserver, pod_network):
        self.server = apiserver
        self.pod_network = pod_network

    def start(self):
        self._spawn("kube-controller-manager", "system:kube-controller-manager", self._controller_manager_flags())
        self._spawn("kube-scheduler", "system:kube-scheduler", COMMON)
        self._spawn("kwok", "kwok", KWOK | {"config": STAGES, "cidr": self.pod_network})

    def add_nodes(self, count):
        """Nodes 1 to `count`, less those that an earlier run left, all Ready; or a RuntimeError."""
        api = self.server.api()
        for number in range(1, count + 1):
            try:
                api.create("/api/v1/nodes", node(number))
            except Refused as answer:
                if answer.status != 409:
                    raise
        self.server.wait("the nodes are not Ready", lambda: ready_nodes(api) >= count)
        # A pod that comes before the ServiceAccount of its namespace is refused.
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self.server.wait("there is no ServiceAccount", lambda: exists(api, account))

    def _controller_manager_flags(self):
        return COMMON | {
            "root-ca-file": self.server.certificate(),
            "service-account-private-key-file": server.SERVICE_ACCOUNTS_KEY,
            # kwok renews the leases of thousands of nodes late, and those of a cluster that was stopped later still. Pods
            # of a node that misses this period are marked as not ready, which kwok does not undo.
            "node-monitor-grace-period": "24h",
        }

    def _spawn(self, program, user, flags):
        kubeconfig = self.server.kubeconfig(f"{program}.kubeconfig", user, self.server.tokens[user])
        command = [self.server.programs[program], *(f"--{name}={value}" for name, value in flags.items())]
        self.server.processes.spawn(program, [*command, f"--kubeconfig={kubeconfig}"])


# There is one of each, nobody asks it anything, and it need not spare the server.
COMMON = {"leader-elect": "false", "secure-port": 0, "kube-api-qps": 1000, "kube-api-burst": 2000}

KWOK = {
    "manage-all-nodes": "true",
    "node-lease-duration-seconds": 40,
    # No server of its own: nobody asks these kubelets for logs.
    "node-port": 0,
}


# Older than the API server, as kubelets may be: the newest with which Calico 3.32 was tested.
KUBELET = "v1.36.2"


def node(number):
    """Node NUMBER as its kubelet would register it, in one subnet with all others."""
    name = f"node-{number}"
    resources = {"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    system = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **system}},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": f"172.18.{number // 250}.{number % 250 + 2}"},
                {"type": "Hostname", "address": name},
            ],
            "capacity": resources,
            "allocatable": resources,
            "nodeInfo": {
                "kubeletVersion": KUBELET,
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
                "containerRuntimeVersion": "kwok",
                "kernelVersion": "6.12.0",
                "osImage": "",
                "machineID": "",
                "systemUUID": "",
                "bootID": "",
            },
        },
    }


def ready_nodes(api):
    nodes = api.get("/api/v1/nodes?resourceVersion=0")["items"]
    conditions = [c for node in nodes for c in node["status"].get("conditions", [])]
    return sum(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
