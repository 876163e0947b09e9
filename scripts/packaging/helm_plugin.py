"""The Helm 4 plugin: one archive with the binaries of all platforms, signed as Helm verifies it."""

import os
import pathlib
import shutil
import tempfile

from . import REPOSITORY, commit_time, output, run, say
from .targets import TARGETS

NAME = "helm-postrender"


def package(binaries, texts, out, key):
    """Write OUT/helm-postrender-X.Y.Z.tgz, whose path it returns, and, with a key, the .prov by which Helm verifies it."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        fill(temporary / NAME, binaries, texts)
        signing = ["--sign=false"]
        if key:
            say("signing the Helm plugin")
            # Helm reads the format that GnuPG had before 2.1.
            ring = temporary / "secring.gpg"
            run(["gpg", "--batch", "--yes", "--output", ring, "--export-secret-keys", key])
            signing = ["--key", key, "--keyring", ring]
            # By which Helm verifies it.
            run(["gpg", "--batch", "--yes", "--output", out / "keyring.gpg", "--export", key])
        folders = {f"HELM_{kind}_HOME": temporary / kind for kind in ["CACHE", "CONFIG", "DATA"]}
        run([helm(), "plugin", "package", temporary / NAME, "--destination", out, *signing], folders)
    (archive,) = out.glob(f"{NAME}-*.tgz")
    return archive


def fill(folder, binaries, texts):
    """Lay out the plugin as plugin.yaml expects it."""
    folder.mkdir()
    shutil.copyfile(REPOSITORY / NAME / "plugin.yaml", folder / "plugin.yaml")
    for text in texts:
        shutil.copyfile(text, folder / text.name)
    for (program, target), binary in binaries.items():
        if program != NAME:
            continue
        platform = "-".join(TARGETS[target])
        inside = folder / "bin" / platform / binary.name
        inside.parent.mkdir(parents=True)
        shutil.copyfile(binary, inside)
        inside.chmod(0o755)
    time = int(commit_time())
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.parent.parent.name == "bin" else 0o644)
        os.utime(path, (time, time))


def helm():
    tools = output(REPOSITORY / "scripts/fetch-tools").splitlines()[-1]
    (newest,) = pathlib.Path(tools).glob("helm-4.3.1/helm")
    return newest
