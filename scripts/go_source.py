"""Programs of a published Go module that no other module can require, because its go.mod replaces modules with
directories of its repository, which are not published with it.

Such a program is built as its authors build it: in a copy of the module, with its own go.mod and go.sum, after the
missing directories have been restored from their published modules."""

import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import cache
from go_module import REPOSITORY, NoGo


@dataclasses.dataclass(frozen=True)
class Module:
    """A published module with its two hashes, as in a go.sum: of its content and of its go.mod."""

    path: str
    version: str
    content_hash: str
    go_mod_hash: str

    def sums(self):
        return f"{self.path} {self.version} {self.content_hash}\n{self.path} {self.version}/go.mod {self.go_mod_hash}\n"


@dataclasses.dataclass(frozen=True)
class Source:
    """What a program is built from: the package in this directory of the module."""

    program: str
    module: Module
    package: str
    # Variables that the linker sets, by their full names.
    stamps: tuple[tuple[str, str], ...] = ()
    # The missing directories: each with its module, or with the path of a module that the program does not use.
    folders: tuple[tuple[str, Module | str], ...] = ()
    # Modules that are not available, each with another one that has the same content.
    replacements: tuple[tuple[str, Module], ...] = ()
    # Files that are embedded and that a build fetches first. They are empty here.
    fetched: tuple[str, ...] = ()
    # Required changes: file, old text, new text.
    edits: tuple[tuple[str, str, str], ...] = ()
    # Files of this repository that are added: the path there, the path here, and a hash of the content.
    added: tuple[tuple[str, str, str], ...] = ()

    def built(self, say):
        """The path of the program, which is built into the cache, once, under a name with a hash of all this."""
        digest = hashlib.sha256(repr(self).encode()).hexdigest()
        path = cache.folder() / f"{self.program}-{self.module.version}-{digest[:12]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path.with_name(f"{self.program}-{self.module.version}.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                say(f"building {self.program} {self.module.version}, once: this takes some minutes")
                with tempfile.TemporaryDirectory(dir=path.parent) as temporary:
                    self._build(pathlib.Path(temporary)).rename(path)
        return path

    def _build(self, temporary):
        tree = temporary / "source"
        put(self.module, tree)
        for folder, module in self.folders:
            path = module if isinstance(module, str) else module.path
            if isinstance(module, Module):
                put(module, tree / folder)
            # Without requirements: the versions are those that the go.mod of the whole tree has.
            write(tree / folder / "go.mod", f"module {path}\n\ngo 1.24\n")
        for path, module in self.replacements:
            go(["mod", "edit", f"-replace={path}={module.path}@{module.version}"], tree)
            with open(tree / "go.sum", "a") as sums:
                sums.write(module.sums())
        for name in self.fetched:
            write(tree / name, "")
        for name, own, _ in self.added:
            write(tree / name, (REPOSITORY / own).read_text())
        for name, text, other in self.edits:
            content = (tree / name).read_text()
            if text not in content:
                raise RuntimeError(f"{self.module.path}@{self.module.version}: {name} has no {text!r}")
            write(tree / name, content.replace(text, other))
        stamps = " ".join(f"-X {name}={value}" for name, value in self.stamps)
        flags = ["-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {stamps}"]
        go(["build", *flags, "-o", temporary / self.program, f"./{self.package}"], tree)
        return temporary / self.program


def put(module, folder):
    """A copy of a module that may be written to. Go checks what it downloads, or has already, against the hashes."""
    with tempfile.TemporaryDirectory() as asking:
        write(pathlib.Path(asking, "go.mod"), f"module asking\n\ngo 1.24\n\nrequire {module.path} {module.version}\n")
        write(pathlib.Path(asking, "go.sum"), module.sums())
        answer = go(["mod", "download", "-json", module.path], asking)
    shutil.copytree(json.loads(answer)["Dir"], folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for directory, _, _ in os.walk(folder):
        os.chmod(directory, 0o755)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def go(arguments, folder):
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
    try:
        run = subprocess.run(["go", *arguments], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise NoGo("no Go is on PATH to build it.\nInstall Go 1.26 or later from https://go.dev/dl") from None
    if run.returncode != 0:
        print(run.stdout, file=sys.stderr)
        raise RuntimeError(f"go {arguments[0]} failed; the lines above say why")
    return run.stdout
