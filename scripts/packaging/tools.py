"""The programs that make a release, each pinned by a file in release/ and kept in the project's cache folder."""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

import cache

from . import REPOSITORY, fail, output, run, say

PINS = REPOSITORY / "release"


def cargo_tool(name):
    """The folder with the program of that name from crates.io."""
    lines = [line.split() for line in (PINS / "cargo-tools.txt").read_text().splitlines() if line[:1] != "#"]
    ((version, *options),) = [words[1:] for words in lines if words[0] == name]

    def install(folder):
        say(f"installing {name} {version} (first run only)")
        run(["cargo", "install", "--locked", "--quiet", "--root", folder, *options, f"{name}@{version}"])

    return cache.kept(f"cargo-tools/{name}-{version}", install) / "bin"


def python_tools(name):
    """The folder with the packages of release/NAME.txt."""
    pins = PINS / f"{name}.txt"

    def install(folder):
        say(f"installing {name} (first run only)")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--only-binary=:all:", "--require-hashes", "--requirement", pins, "--target", folder]
        run([*pip, "--root-user-action=ignore"])

    return cache.kept(f"{name}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}", install)


def go_tool(name):
    """The path of a program that release/go.mod pins."""
    script = subprocess.run([REPOSITORY / "scripts/build-release-tools"], stdout=subprocess.PIPE, text=True)
    if script.returncode != 0:
        # Among them 69, for tests: there is no Go.
        sys.exit(script.returncode)
    return pathlib.Path(script.stdout.strip()) / name


def toolchain(targets):
    """The toolchain of releases, in the form that RUSTUP_TOOLCHAIN has, with the standard libraries of the targets."""
    (channel,) = re.findall(r'^channel = "(.*)"', (PINS / "rust-toolchain.toml").read_text(), re.MULTILINE)
    if shutil.which("rustup") is None:
        fail(f"rustup is not on PATH: releases are built with Rust {channel} for several targets")

    def version(*chosen):
        words = subprocess.run(["rustc", *chosen, "--version"], capture_output=True, text=True).stdout.split()
        return words[1] if len(words) > 1 else None

    if version(f"+{channel}") == channel:
        name = channel
    elif version() == channel:
        name = output("rustup", "show", "active-toolchain").split()[0]
    else:
        say(f"installing Rust {channel}")
        run(["rustup", "toolchain", "install", channel, "--profile", "minimal", "--no-self-update"])
        name = channel
    run(["rustup", "target", "add", "--toolchain", name, *targets], stderr=subprocess.DEVNULL)
    return name


def mingw():
    """Install Debian's C compiler for Windows, if there is none."""
    debian("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64-win32")


def debian(program, package):
    if shutil.which(program) is not None:
        return
    if shutil.which("apt-get") is None:
        fail(f"{program} is not on PATH; Debian and Ubuntu have it in {package}")
    say(f"installing {package}")
    run(["apt-get", "update", "--quiet=2"])
    run(["apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", package])
