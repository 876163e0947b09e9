"""What the API server, the operator and the filter say of an Installation."""

import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from go_module import REPOSITORY
from test_cluster import calico, say
from test_cluster.api import Api, Refused, exists

INSTALLATIONS = "/apis/operator.tigera.io/v1/installations"
POOLS = "/apis/crd.projectcalico.org/v1/ippools"


@dataclasses.dataclass
class Verdict:
    accepted: bool
    by: str = ""
    why: str = ""
    # Of the filter, the rules that are violated; of an accepted Installation, the pools with their defaults.
    rules: tuple = ()
    pools: list = None


class ApiServer:
    """A test cluster with CRDs, which carries nothing out."""

    def __init__(self, crds):
        self.crds = crds

    def __enter__(self):
        command = [REPOSITORY / "scripts/test-cluster", "run", "--until-eof"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(self.process.wait())
        kubeconfig = pathlib.Path(json.loads(line)["kubeconfig"])
        port, token = re.search(r":(\d+)\".*token: (\w+)", kubeconfig.read_text(), re.DOTALL).groups()
        self.api = Api(int(port), kubeconfig.parent / "certificates/apiserver.crt", token)
        for crd in self.crds:
            if crd["metadata"]["name"].split(".")[0] in ("installations", "ippools"):
                self.api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd)
        while not all(exists(self.api, path) for path in (INSTALLATIONS, POOLS)):
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def create(self, path, body):
        """The object as it would be stored, or a Refused."""
        return self.api.create(f"{path}?dryRun=All", body)


class Operator:
    def __init__(self, version):
        self.program = calico.rules(calico.OPERATORS[version]).built(say)
        self.process = subprocess.Popen(
            [self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def crds(self):
        lines = subprocess.run(
            [self.program, "crds"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout
        return [json.loads(line) for line in lines.splitlines()]

    def verdict(self, server, spec):
        installation = {
            "apiVersion": "operator.tigera.io/v1",
            "kind": "Installation",
            "metadata": {"name": "default"},
            "spec": spec,
        }
        try:
            stored = server.create(INSTALLATIONS, installation)
        except Refused as why:
            return Verdict(False, "API server", str(why))
        self.process.stdin.write(json.dumps(stored) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer["error"]:
            return Verdict(False, "operator", f"{answer['by']}: {answer['error']}")
        for pool in answer["pools"] or []:
            pool |= {"apiVersion": "crd.projectcalico.org/v1", "kind": "IPPool"}
            try:
                server.create(POOLS, pool)
            except Refused as why:
                return Verdict(False, "API server, as an IPPool", str(why))
        # Those that the operator leaves as they were written are not its defaults.
        before = stored.get("spec", {}).get("calicoNetwork", {}).get("ipPools")
        return Verdict(
            True, pools=defaults(before, answer["installation"]["spec"]["calicoNetwork"].get("ipPools") or [])
        )


def defaults(before, after):
    """The fields of each pool that were filled in; None for pools that are not in the Installation."""
    if before is None:
        return None
    return [
        {field: value for field, value in full.items() if not pool.get(field) and pool.get(field) != value}
        for pool, full in zip(before, after, strict=True)
    ]


class Filter:
    def __init__(self, version):
        self.program = built_filter()
        self.version = version

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.report = pathlib.Path(self.folder.name, "report")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def verdict(self, text):
        command = [self.program, "--quiet", f"--operator-version={self.version}", f"--report={self.report}"]
        self.report.unlink(missing_ok=True)
        run = subprocess.run(command, input=text, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if not self.report.exists():
            return Verdict(False, "filter", run.stderr)
        report = json.loads(self.report.read_text())
        broken = tuple(rule["code"] for rule in report["rules"] if rule["result"] == "refused")
        pools = {entry["pool"]: entry["fields"] for entry in report["defaults"]}
        return Verdict(run.returncode == 0, "filter", report["error"] or "", broken, pools)


def built_filter():
    """The path of helm-postrender."""
    command = ["cargo", "build", "--quiet", "--locked", "--package=helm-postrender", "--message-format=json"]
    lines = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    return next(path for line in lines if (path := json.loads(line).get("executable")))


def differences(ours, theirs):
    """What the filter says otherwise than the cluster, or None."""
    if ours.accepted != theirs.accepted:
        if ours.accepted:
            return f"the filter accepts what the {theirs.by} rejects: {theirs.why}"
        return f"the filter refuses what is accepted: {', '.join(ours.rules)}: {ours.why}"
    if ours.accepted and theirs.pools is not None:
        for number, full in enumerate(theirs.pools):
            wanted = {field: shown(value) for field, value in full.items()}
            if wanted != ours.pools.get(number, {}):
                return f"defaults of ipPools[{number}]: the operator fills in {wanted}, the filter reports {ours.pools.get(number, {})}"
    return None


def shown(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(value) + "]"
    return str(value)
