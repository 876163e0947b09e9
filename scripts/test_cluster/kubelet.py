"""The kubelet of the few pods whose programs run: the operator's, those of Calico's API server and of its webhooks.

A pod's program is a process on this machine. It has the arguments, the variables, the Secrets and the ConfigMaps of
its container, asks as the pod's ServiceAccount, and is told to stop when the pod is deleted. The pod is Ready while it
runs; a Job's pod is complete when it ends. Which program it is, the image's name says; no image is ever pulled."""

import base64
import http.client
import ipaddress
import itertools
import os
import re
import secrets
import shutil
import signal
import socket
import time

from . import calico, say
from .api import Refused
from .processes import Processes

# As in stages.yaml, which leaves these pods to us.
IMAGE = re.compile(r"(tigera/operator|calico/apiserver|calico/webhooks)[:@](.*)")
# The labels by which they are found, so that we need not read each pod of a large cluster again and again.
SELECTORS = [
    "name=tigera-operator",
    "job-name=tigera-operator-uninstall",
    "apiserver=true",
    "k8s-app=calico-webhooks",
]
# Of Calico's API server and of its webhooks.
PORTS = [5443, 6443]
RESTART_SECONDS = 2


class Kubelet:
    def __init__(self, server, pod_network):
        self.server = server
        self.api = server.api()
        self.pods = {}
        last = ipaddress.ip_network(pod_network)[-256]
        addresses = (str(last + number % 256) for number in itertools.count(secrets.randbelow(256)))
        # Another cluster on this machine may have the same pod network.
        self.addresses = filter(is_free, addresses)

    def sync(self):
        """Bring what runs closer to what the pods say. To be called again and again; never waits for a program."""
        try:
            pods = {
                pod["metadata"]["uid"]: pod
                for selector in SELECTORS
                for pod in self.api.get(f"/api/v1/pods?labelSelector={selector}")["items"]
                if "nodeName" in pod["spec"] and IMAGE.search(container_of(pod)["image"])
            }
            for uid, pod in pods.items():
                if uid not in self.pods and pod["status"]["phase"] in ("Pending", "Running"):
                    self.pods[uid] = Pod(self, pod)
            for uid, running in list(self.pods.items()):
                if running.sync(pods.get(uid)):
                    del self.pods[uid]
        except (OSError, http.client.HTTPException, Refused) as error:
            say(f"kubelet: {error}")  # it is tried again

    def stop(self):
        for pod in self.pods.values():
            pod.processes.stop()


class Pod:
    """One pod with its process."""

    def __init__(self, kubelet, pod):
        self.server = kubelet.server
        self.api = kubelet.api
        node = self.api.get(f"/api/v1/nodes/{pod['spec']['nodeName']}")
        (self.host,) = [a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP"]
        # At the end of the network from whose start kwok takes the addresses of all other pods.
        self.address = self.host if pod["spec"].get("hostNetwork") else next(kubelet.addresses)
        self.name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        self.path = "/api/v1/namespaces/{namespace}/pods/{name}".format(**pod["metadata"])
        self.folder = self.server.folder / "pods" / pod["metadata"]["uid"]
        self.processes = Processes(self.folder)
        self.process = None
        self.restarts = -1
        self.start_at = 0
        self.kill_at = None
        self.done = False

    def sync(self, pod):
        """One step; `pod` as it is now, None if it is gone. Whether nothing is left to do."""
        if self.process and self.process.poll() is not None:
            self._ended(pod)
        if pod is None or "deletionTimestamp" in pod["metadata"]:
            return self._stop(pod)
        if self.process is None and not self.done and time.monotonic() >= self.start_at:
            self._start(pod)
        return False

    def _start(self, pod):
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            command, environment = self._command(pod)
        except Refused as answer:
            if answer.status == 404:
                return  # what it mounts is yet to come
            raise
        self.restarts += 1
        # In a container it has the name of its image; the API server records that name with what the operator writes.
        name = IMAGE.search(container_of(pod)["image"])[1].rpartition("/")[2]
        self.process = self.processes.spawn("program", command, environment, called=name)
        say(f"{self.name} runs; its log: {self.folder}/program.log")
        self._set_status(pod, "Running", {"running": {"startedAt": now()}})

    def _ended(self, pod):
        code = self.process.returncode
        say(f"{self.name} ended with {code}")
        self.process = None
        state = {"terminated": {"exitCode": code if code >= 0 else 128 - code, "finishedAt": now(), "startedAt": now()}}
        if pod is None:
            return
        if pod["spec"]["restartPolicy"] == "Always":
            self.start_at = time.monotonic() + RESTART_SECONDS
            self._set_status(pod, "Running", state)
        else:
            self.done = True
            self._set_status(pod, "Succeeded" if code == 0 else "Failed", state)

    def _stop(self, pod):
        if self.process is None:
            if pod is not None:
                self.api.delete(self.path, {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}})
            shutil.rmtree(self.folder / "mounts", ignore_errors=True)
            return True
        if self.kill_at is None:
            self.kill_at = time.monotonic() + (pod or {}).get("metadata", {}).get("deletionGracePeriodSeconds", 0)
            self.process.send_signal(signal.SIGTERM)
        elif time.monotonic() > self.kill_at:
            self.process.kill()
        return False

    def _command(self, pod):
        container = container_of(pod)
        image, tag = IMAGE.search(container["image"]).groups()
        kubeconfig = self._kubeconfig(pod)
        mounts = self._mounts(pod, container)
        arguments = [within(argument, mounts) for argument in container.get("args", [])]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "KUBECONFIG": str(kubeconfig)}
        for variable in container.get("env", []):
            environment[variable["name"]] = within(value_of(variable, pod), mounts)
        if image == "tigera/operator":
            if tag not in calico.OPERATORS:
                say(f"{self.name} is to run {tag}, which calico.py has not; {calico.NEWEST} runs for it")
            program = calico.OPERATORS.get(tag, calico.OPERATORS[calico.NEWEST]).built(say)
            # The lease is in the namespace of a file that only a container has.
            return [program, "-enable-leader-election=false", *arguments], environment
        arguments.append(f"--bind-address={on_loopback(self.address)}")
        if image == "calico/webhooks":
            return [self.server.programs["webhooks"], *arguments], environment
        # A container finds the server and its token where only a container can look.
        flags = ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"]
        arguments += [f"--{flag}={kubeconfig}" for flag in flags]
        return [calico.API_SERVER.built(say), *arguments], environment

    def _kubeconfig(self, pod):
        namespace, account = pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]
        bound = {"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
        request = {"spec": {"expirationSeconds": 86400, "boundObjectRef": bound}}
        token = self.api.create(f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", request)
        name = self.folder.relative_to(self.server.folder) / "kubeconfig"
        return self.server.kubeconfig(name, account, token["status"]["token"])

    def _mounts(self, pod, container):
        """The Secrets and ConfigMaps that the container mounts, as folders: by the path in the container."""
        volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}
        mounts = {}
        for mount in container.get("volumeMounts", []):
            content = self._content(pod, volumes[mount["name"]])
            folder = self.folder / "mounts" / mount["name"]
            folder.mkdir(parents=True, exist_ok=True)
            for name, value in content.items():
                (folder / name).write_bytes(value)
            if content:
                mounts[mount["mountPath"]] = str(folder)
        return mounts

    def _content(self, pod, volume):
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}"
        if "secret" in volume:
            data = self.api.get(f"{path}/secrets/{volume['secret']['secretName']}").get("data", {})
            return {name: base64.b64decode(value) for name, value in data.items()}
        if "configMap" in volume:
            data = self.api.get(f"{path}/configmaps/{volume['configMap']['name']}").get("data", {})
            return {name: value.encode() for name, value in data.items()}
        return {}

    def _set_status(self, pod, phase, state):
        running = "running" in state
        container = container_of(pod)
        conditions = {"Initialized": True, "ContainersReady": running, "Ready": running}
        status = {
            "phase": phase,
            "hostIP": self.host,
            "hostIPs": [{"ip": self.host}],
            "podIP": self.address,
            "podIPs": [{"ip": self.address}],
            "startTime": now(),
            "conditions": [
                {"type": kind, "status": str(is_so), "lastTransitionTime": now()} for kind, is_so in conditions.items()
            ],
            "containerStatuses": [
                {
                    "name": each["name"],
                    "image": each["image"],
                    "imageID": "",
                    "ready": running,
                    "started": running,
                    "restartCount": self.restarts,
                    "state": state if each is container else {"running": {"startedAt": now()}},
                }
                for each in pod["spec"]["containers"]
            ],
        }
        self.api.patch(f"{self.path}/status", {"status": status})


def on_loopback(address):
    return re.sub(r"^\d+", "127", address)


def is_free(address):
    """Whether nothing on this machine listens on PORTS at this address."""
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((on_loopback(address), port))
            except OSError:
                return False
    return True


def container_of(pod):
    """The container that runs: the first with an image that we have a program for, else the first."""
    containers = pod["spec"]["containers"]
    return next((each for each in containers if IMAGE.search(each["image"])), containers[0])


def value_of(variable, pod):
    field = variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
    if field is None:
        return variable.get("value", "")
    value = pod
    for name in field.split("."):
        value = value.get(name, {})
    return value or ""


def within(text, mounts):
    """The text with the paths of a container as paths of this machine."""
    for path, folder in mounts.items():
        text = text.replace(path.rstrip("/") + "/", folder + "/")
    return text


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
