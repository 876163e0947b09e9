"""kube-apiserver and etcd: the machine's own, else built from tests/apiserver, once."""

import os
import re
import shutil

from go_module import NO_GO, GoModule, NoGo

from . import fail, say

MODULE = GoModule("apiserver")
PROGRAMS = ["kube-apiserver", "etcd"]


def find():
    """The path of each program."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    found = {name: shutil.which(name, path=assets or None) for name in PROGRAMS}
    missing = [name for name in PROGRAMS if found[name] is None]
    if assets and missing:
        fail(f"KUBEBUILDER_ASSETS is {assets}, which has no {' and no '.join(missing)}")
    if missing:
        folder = MODULE.built(build)
        found = {name: str(folder / name) for name in PROGRAMS}
    return found


def build(folder):
    try:
        version = MODULE.version_of("k8s.io/kubernetes")
    except NoGo as why:
        fail(
            f"there is no kube-apiserver, and {why}, or set KUBEBUILDER_ASSETS to a folder with\n"
            "kube-apiserver and etcd, such as setup-envtest fetches.",
            NO_GO,
        )
    say(f"building kube-apiserver {version} and etcd, once: this takes some minutes")
    major, minor = re.match(r"v(\d+)\.(\d+)\.", version).groups()
    # What Kubernetes' own build sets. A module does not say its commit, and the placeholder would be served as it is.
    stamps = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitCommit": ""}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    if MODULE.go_build("-ldflags", f"-s -w {flags}", "-o", folder / "kube-apiserver", ".") != 0:
        fail(f"go build in {MODULE.folder} failed; the lines above say why")
    (folder / "etcd").symlink_to("kube-apiserver")
