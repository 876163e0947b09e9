"""Programs that are built from a Go module of this repository, once, into a cache folder of the project's."""

import hashlib
import os
import pathlib
import re
import subprocess
import sys

import cache

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

# The exit code of a script that needs Go if it is not available: EX_UNAVAILABLE.
NO_GO = 69


class NoGo(Exception):
    """No suitable Go for the module; says why, and how to get one."""


class GoModule:
    """The module in tests/NAME, or in a folder, whose go.mod and go.sum pin all that its programs are built from."""

    def __init__(self, name, folder=None):
        self.name = name
        self.folder = folder or REPOSITORY / "tests" / name

    def built(self, build):
        """The directory that `build` fills, named after everything that it is built from."""
        digest = hashlib.sha256()
        for source in sorted([*self.folder.glob("*.go"), *self.folder.glob("go.*")]):
            content = source.read_bytes()
            digest.update(f"{source.name} {len(content)}\n".encode() + content)
        return cache.kept(f"{self.name}-{digest.hexdigest()[:12]}", build, lock=self.name)

    def go_build(self, *arguments):
        """`go build` in the module. If it exits with anything but 0, Go has printed the cause on standard error."""
        command = ["go", "build", "-trimpath", "-buildvcs=false", *arguments]
        environment = {**os.environ, "CGO_ENABLED": "0"}
        return subprocess.run(command, cwd=self.folder, env=environment, stdout=sys.stderr).returncode

    def version_of(self, module):
        """The version of `module` in go.mod, as reported by Go, which shows that a suitable Go is available."""
        command = ["go", "list", "-m", "-f", "{{.Version}}", module]
        try:
            return subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        except FileNotFoundError:
            why = "no Go is on PATH to build one"
        except subprocess.CalledProcessError:
            why = "the Go on PATH does not build one (the lines above say why)"
        (wanted,) = re.findall(r"^go (\d+\.\d+)", (self.folder / "go.mod").read_text(), re.MULTILINE)
        raise NoGo(f"{why}.\nInstall Go {wanted} or later from https://go.dev/dl")
