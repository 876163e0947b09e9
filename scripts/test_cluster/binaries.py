"""A cluster's programs: the machine's own kube-apiserver and etcd, if it has any, and those of tests/kubernetes."""

import os
import re
import shutil

from go_module import NO_GO, GoModule, NoGo

from . import fail, say

MODULE = GoModule("kubernetes")
SERVER = ["kube-apiserver", "etcd"]
CONTROLLERS = ["kube-controller-manager", "kube-scheduler", "kwok", "front-proxy", "pod-network", "webhooks"]


def find(with_controllers=False):
    """The path of each program. Those of CONTROLLERS are always the built ones, whose releases belong together."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    found = {name: shutil.which(name, path=assets or None) for name in SERVER}
    missing = [name for name in SERVER if found[name] is None]
    if assets and missing:
        fail(f"KUBEBUILDER_ASSETS is {assets}, which has no {' and no '.join(missing)}")
    built = (SERVER if missing else []) + (CONTROLLERS if with_controllers else [])
    if built:
        folder = MODULE.built(build)
        found.update({name: str(folder / name) for name in built})
    return found


def build(folder):
    try:
        version = MODULE.version_of("k8s.io/kubernetes")
    except NoGo as why:
        fail(
            f"there is no Kubernetes, and {why}, or set KUBEBUILDER_ASSETS to a folder with\n"
            "kube-apiserver and etcd, such as setup-envtest fetches; controllers are always built.",
            NO_GO,
        )
    say(f"building Kubernetes {version}, etcd and kwok, once: this takes some minutes")
    major, minor = re.match(r"v(\d+)\.(\d+)\.", version).groups()
    # What Kubernetes' own build sets. A module does not say its commit, and the placeholder would be served as it is.
    stamps = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitCommit": ""}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    if MODULE.go_build("-ldflags", f"-s -w {flags}", "-o", folder / "kube-apiserver", ".") != 0:
        fail(f"go build in {MODULE.folder} failed; the lines above say why")
    for name in ["etcd", *CONTROLLERS]:
        (folder / name).symlink_to("kube-apiserver")
