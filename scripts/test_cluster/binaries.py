"""kube-apiserver and etcd: the machine's own, else built from tests/apiserver, once."""

import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import cache

from . import fail, say

MODULE = pathlib.Path(__file__).resolve().parent.parent.parent / "tests" / "apiserver"
PROGRAMS = ["kube-apiserver", "etcd"]
NO_GO = 69  # EX_UNAVAILABLE


def find():
    """The path of each program."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    found = {name: shutil.which(name, path=assets or None) for name in PROGRAMS}
    missing = [name for name in PROGRAMS if found[name] is None]
    if assets and missing:
        fail(f"KUBEBUILDER_ASSETS is {assets}, which has no {' and no '.join(missing)}")
    if missing:
        folder = built()
        found = {name: str(folder / name) for name in PROGRAMS}
    return found


def built():
    """The folder of the binaries that tests/apiserver builds to, named after all that they are built from."""
    digest = hashlib.sha256()
    for source in sorted([*MODULE.glob("*.go"), *MODULE.glob("go.*")]):
        content = source.read_bytes()
        digest.update(f"{source.name} {len(content)}\n".encode() + content)
    folder = cache.folder() / f"apiserver-{digest.hexdigest()[:12]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with open(folder.parent / "apiserver.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                build(folder)
    return folder


def build(folder):
    version = kubernetes_version()
    say(f"building kube-apiserver {version} and etcd, once: this takes some minutes")
    major, minor = re.match(r"v(\d+)\.(\d+)\.", version).groups()
    # What Kubernetes' own build sets. A module does not say its commit, and the placeholder would be served as it is.
    stamps = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitCommit": ""}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        unfinished = pathlib.Path(temporary, folder.name)
        unfinished.mkdir()
        command = ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {flags}"]
        command += ["-o", unfinished / "kube-apiserver", "."]
        environment = {**os.environ, "CGO_ENABLED": "0"}
        if subprocess.run(command, cwd=MODULE, env=environment, stdout=sys.stderr).returncode != 0:
            fail(f"go build in {MODULE} failed; the lines above say why")
        (unfinished / "etcd").symlink_to("kube-apiserver")
        unfinished.rename(folder)


def kubernetes_version():
    """The version that go.mod names, as told by Go, which shows that there is a Go that takes this go.mod."""
    command = ["go", "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes"]
    try:
        return subprocess.run(command, cwd=MODULE, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    except FileNotFoundError:
        why = "no Go is on PATH to build one"
    except subprocess.CalledProcessError:
        why = "the Go on PATH does not build one (the lines above say why)"
    (wanted,) = re.findall(r"^go (\d+\.\d+)", (MODULE / "go.mod").read_text(), re.MULTILINE)
    fail(
        f"there is no kube-apiserver, and {why}.\n"
        f"Install Go {wanted} or later from https://go.dev/dl, or set KUBEBUILDER_ASSETS to a folder with\n"
        "kube-apiserver and etcd, such as setup-envtest fetches.",
        NO_GO,
    )
