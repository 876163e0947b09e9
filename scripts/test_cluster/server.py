"""One API server with its etcd: how they are started, found to be ready, and stopped."""

import base64
import ctypes
import pathlib
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

START_SECONDS = 120

# Every request, before it is answered: whoever has an answer finds the request in the log. What the server asks itself
# and whether it is ready are left out.
AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, ResponseComplete, Panic]
rules:
  - {level: None, users: ["system:apiserver"]}
  - {level: None, users: ["system:anonymous"], nonResourceURLs: [/readyz]}
  - {level: Metadata}
"""

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: test
clusters: [{{name: test, cluster: {{server: "{url}", certificate-authority-data: {ca}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: admin}}}}]
users: [{{name: admin, user: {{token: {token}}}}}]
"""


class Server:
    """The two processes. Everything that they read and write is in `folder`, under names relative to it."""

    def __init__(self, programs, folder, extra):
        self.programs = programs
        self.folder = folder
        self.processes = []
        # Held while the server runs, so that nobody else is given the port that the server shares with us.
        self.port = socket.socket()
        self.port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.port.bind(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.port.getsockname()[1]}"
        self.extra = extra

    def start(self):
        """Start both; the path of the kubeconfig when the server is ready, or a RuntimeError."""
        token = secrets.token_hex(16)
        self._spawn("etcd", ETCD)
        self._spawn("kube-apiserver", self._apiserver_flags(token), self.extra)
        self._wait_until_ready()
        ca = base64.b64encode(self._certificate().read_bytes()).decode()
        return self._write("kubeconfig", KUBECONFIG.format(url=self.url, ca=ca, token=token))

    def ended(self):
        """What to say of a process that ended by itself, or None."""
        for process in self.processes:
            if process.poll() is not None:
                name = pathlib.Path(process.args[0]).name
                lines = (self.folder / f"{name}.log").read_text().splitlines()[-5:]
                return "\n".join([f"{process.args[0]} ended with {process.returncode}; its last words:", *lines])
        return None

    def stop(self):
        """Only etcd keeps anything, so only etcd is given time to close it."""
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM if process is self.processes[0] else signal.SIGKILL)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if (why := self.ended()) is not None:
                raise RuntimeError(why)
            try:
                # The server makes its own certificate, and does so before it listens.
                context = ssl.create_default_context(cafile=self._certificate())
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5, context=context):
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"not ready after {START_SECONDS} seconds; its log: {self.folder}/kube-apiserver.log")

    def _certificate(self):
        return self.folder / "certificates" / "apiserver.crt"

    def _apiserver_flags(self, token):
        key = self._write("service-accounts.key", ec_private_key()).name
        return {
            "etcd-servers": ETCD["listen-client-urls"],
            "bind-address": "127.0.0.1",
            "secure-port": self.port.getsockname()[1],
            "permit-port-sharing": "true",
            # The endpoint of the Service `kubernetes` must not be a loopback address; nobody has this one (RFC 5737).
            "advertise-address": "192.0.2.1",
            "service-cluster-ip-range": "10.96.0.0/12",  # kubeadm's
            "cert-dir": "certificates",
            "authorization-mode": "RBAC",
            "token-auth-file": self._write("tokens.csv", f'{token},admin,admin,"system:masters"\n').name,
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": key,
            "service-account-signing-key-file": key,
            # It refuses a pod whose ServiceAccount does not exist, and a controller is what makes those.
            "disable-admission-plugins": "ServiceAccount",
            "audit-policy-file": self._write("audit-policy.yaml", AUDIT_POLICY).name,
            "audit-log-path": "audit.log",
            # A request that cannot be written down is not carried out.
            "audit-log-mode": "blocking-strict",
            "audit-log-maxsize": 100_000,  # megabytes: one file, which is never rotated
        }

    def _write(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def _spawn(self, program, flags, extra=()):
        """In a session of its own, so that Ctrl-C reaches it only through us."""
        command = [self.programs[program], *(f"--{name}={value}" for name, value in flags.items()), *extra]
        with open(self.folder / f"{program}.log", "w") as log:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.processes.append(process)


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


def die_with_parent():
    """On Linux a server ends with us even if we are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
