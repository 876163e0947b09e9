"""The platforms of a release."""

import platform
import sys

from . import PROGRAMS, fail, output

# Rust's target, and the platform in Go's names, which krew, Helm and the names of archives use.
TARGETS = {
    "x86_64-unknown-linux-musl": ("linux", "amd64"),
    "aarch64-unknown-linux-musl": ("linux", "arm64"),
    "x86_64-apple-darwin": ("darwin", "amd64"),
    "aarch64-apple-darwin": ("darwin", "arm64"),
    "x86_64-pc-windows-gnu": ("windows", "amd64"),
}


def executable(program, target):
    return program + (".exe" if "windows" in target else "")


def buildable():
    """The targets that this machine can build. Apple's frameworks are only on a Mac."""
    if sys.platform == "darwin":
        return [target for target in TARGETS if "darwin" in target]
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        return [target for target in TARGETS if "darwin" not in target]
    fail("releases are built on Linux/amd64 (Linux and Windows) and on macOS (darwin)")


def chosen(names):
    """The targets with these names; `host` is that of this machine."""
    targets = [of_this_machine() if name == "host" else name for name in names]
    for target in targets:
        if target not in TARGETS:
            fail(f"{target} is not one of {', '.join(TARGETS)}")
    return targets


def of_this_machine():
    """The target of a release that runs on this machine."""
    return output("rustc", "--print", "host-tuple").replace("-linux-gnu", "-linux-musl").replace("-msvc", "-gnu")


def found(targets, folder):
    """The binaries that FOLDER/TARGET/release has: {(program, target): path}."""
    pairs = [(program, target) for target in targets for program in PROGRAMS]
    paths = {(program, target): folder / target / "release" / executable(program, target) for program, target in pairs}
    return {pair: path for pair, path in paths.items() if path.exists()}
