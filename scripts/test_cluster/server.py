"""One API server with its etcd: how they are started and found to be ready."""

import base64
import secrets
import socket
import ssl
import subprocess
import time
import urllib.request

from .api import Api

READY_SECONDS = 120

# Every request, before it is answered: whoever has an answer finds the request in the log. What the server asks itself,
# whether it is ready, and what Kubernetes' own controllers, kwok and this script ask are left out.
AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, ResponseComplete, Panic]
rules:
  - {{level: None, users: ["system:apiserver", {own}]}}
  - {{level: None, users: ["system:anonymous"], nonResourceURLs: [/readyz]}}
  - {{level: Metadata}}
"""

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: test
clusters: [{{name: test, cluster: {{server: "{url}", certificate-authority-data: {ca}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: {user}}}}}]
users: [{{name: {user}, user: {{token: {token}}}}}]
"""

# kube-apiserver reaches what runs for pods through the socket of the program pod-network.
EGRESS = """\
apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
  - name: cluster
    connection:
      proxyProtocol: HTTPConnect
      transport: {{uds: {{udsName: "{socket}"}}}}
"""

# Who asks the server, each with a token of its own: the administrator, whom the caller is, and the cluster's own parts.
ADMINISTRATOR = "admin"
SCRIPT = "test-cluster"
USERS = [ADMINISTRATOR, SCRIPT, "system:kube-controller-manager", "system:kube-scheduler", "kwok"]


class Server:
    """The two processes. Everything that they read and write is in their folder, under names relative to it."""

    def __init__(self, programs, processes, extra, with_controllers):
        self.programs = programs
        self.processes = processes
        self.folder = processes.folder
        # Held while the server runs, so that nobody else is given the port that the server shares with us.
        self._port = socket.socket()
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._port.bind(("127.0.0.1", 0))
        self.port = self._port.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        self.extra = extra
        self.with_controllers = with_controllers
        self.tokens = {user: secrets.token_hex(16) for user in USERS}

    def start(self):
        """Start both; the path of the administrator's kubeconfig when the server is ready, or a RuntimeError."""
        self._spawn("etcd", ETCD)
        if self.with_controllers:
            self.processes.spawn("pod-network", [self.programs["pod-network"], POD_NETWORK])
        self._spawn("kube-apiserver", self._apiserver_flags(), self.extra)
        self.wait("the API server is not ready", self._is_ready)
        return self.kubeconfig("kubeconfig", ADMINISTRATOR, self.tokens[ADMINISTRATOR])

    def api(self):
        """A connection of this script's own."""
        return Api(self.port, self.certificate(), self.tokens[SCRIPT])

    def kubeconfig(self, name, user, token):
        """Write one under this name; its path."""
        ca = base64.b64encode(self.certificate().read_bytes()).decode()
        return self.write(name, KUBECONFIG.format(url=self.url, ca=ca, user=user, token=token))

    def certificate(self):
        """It signs itself."""
        return self.folder / "certificates" / "apiserver.crt"

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def wait(self, otherwise, until):
        """Return once `until` returns true, or raise a RuntimeError that says `otherwise`."""
        deadline = time.monotonic() + READY_SECONDS
        while not until():
            if (why := self.processes.ended()) is not None:
                raise RuntimeError(why)
            if time.monotonic() > deadline:
                raise RuntimeError(f"{otherwise} after {READY_SECONDS} seconds; the logs: {self.folder}/*.log")
            time.sleep(0.05)

    def _is_ready(self):
        try:
            # The server makes its own certificate, and does so before it listens.
            context = ssl.create_default_context(cafile=self.certificate())
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5, context=context):
                return True
        except OSError:
            return False

    def _apiserver_flags(self):
        own = ", ".join(f'"{user}"' for user in USERS if user != ADMINISTRATOR)
        users = "".join(f'{token},{user},{user},"system:masters"\n' for user, token in self.tokens.items())
        flags = {
            "etcd-servers": ETCD["listen-client-urls"],
            "bind-address": "127.0.0.1",
            "secure-port": self.port,
            "permit-port-sharing": "true",
            # The endpoint of the Service `kubernetes` must not be a loopback address; nobody has this one (RFC 5737).
            "advertise-address": "192.0.2.1",
            "service-cluster-ip-range": "10.96.0.0/12",  # kubeadm's
            "cert-dir": "certificates",
            "authorization-mode": "RBAC",
            "allow-privileged": "true",  # as kubeadm has it: calico-node is
            "token-auth-file": self.write("tokens.csv", users).name,
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": SERVICE_ACCOUNTS_KEY,
            "service-account-signing-key-file": self.write(SERVICE_ACCOUNTS_KEY, ec_private_key()).name,
            "audit-policy-file": self.write("audit-policy.yaml", AUDIT_POLICY.format(own=own)).name,
            "audit-log-path": "audit.log",
            # A request that cannot be written down is not carried out.
            "audit-log-mode": "blocking-strict",
            "audit-log-maxsize": 100_000,  # megabytes: one file, which is never rotated
        }
        if self.with_controllers:
            return flags | self._extension_flags()
        # It refuses a pod whose ServiceAccount does not exist, and a controller is what makes those.
        return flags | {"disable-admission-plugins": "ServiceAccount"}

    def _extension_flags(self):
        """What lets another API server extend this one, which passes requests on under a certificate of its own."""
        subprocess.run([self.programs["front-proxy"]], cwd=self.folder, check=True)
        egress = EGRESS.format(socket=POD_NETWORK)
        return {
            "egress-selector-config-file": self.write("egress.yaml", egress).name,
            # To the address of a pod rather than to that of its Service, which nothing here translates.
            "enable-aggregator-routing": "true",
            "proxy-client-cert-file": "front-proxy.crt",
            "proxy-client-key-file": "front-proxy.key",
            "requestheader-client-ca-file": "front-proxy.crt",
            "requestheader-username-headers": "X-Remote-User",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        }

    def _spawn(self, program, flags, extra=()):
        command = [self.programs[program], *(f"--{name}={value}" for name, value in flags.items()), *extra]
        self.processes.spawn(program, command)


POD_NETWORK = "pod-network.socket"
SERVICE_ACCOUNTS_KEY = "service-accounts.key"

# Sockets in a folder that is ours alone instead of ports: nobody else on the machine reaches a store that knows no
# password. They are the files `etcd:2379` and `etcd:2380`: paths are relative, for their length is limited, and have
# what looks like a port, without which etcd before 3.7 does not take them.
ETCD = {
    "data-dir": "etcd",
    "listen-client-urls": "unix://etcd:2379",
    "advertise-client-urls": "unix://etcd:2379",
    "listen-peer-urls": "unix://etcd:2380",
    "initial-advertise-peer-urls": "unix://etcd:2380",
    "initial-cluster": "default=unix://etcd:2380",
    # A test's data need not survive a crash of the machine.
    "unsafe-no-fsync": "true",
}


def ec_private_key():
    """A key to sign ServiceAccounts' tokens with. A P-256 key is a number below the group's order, and its shortest
    form (RFC 5915) is that number with the name of the curve."""
    number = (1 + secrets.randbelow(2**255)).to_bytes(32, "big")
    der = bytes.fromhex("30310201010420") + number + bytes.fromhex("a00a06082a8648ce3d030107")
    return f"-----BEGIN EC PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END EC PRIVATE KEY-----\n"
