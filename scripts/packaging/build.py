"""Reproducible binaries: equal sources give equal bytes, in whatever folder and with whatever cargo home."""

import os
import pathlib
import shlex
import sys

from . import PROGRAMS, REPOSITORY, commit_time, output, run, say, tools
from .targets import executable


def build(targets, folder):
    """Build both programs for these targets, and return {(program, target): path}."""
    toolchain = tools.toolchain(targets)
    auditable = tools.cargo_tool("cargo-auditable")
    binaries = {}
    for target in targets:
        say(f"building {target}")
        environment = {**common(toolchain, folder), "PATH": f"{auditable}{os.pathsep}{os.environ['PATH']}"}
        command = "build"
        if "linux" in target:
            zig = tools.python_tools("zig")
            command = "zigbuild"
            environment["PATH"] = f"{zig / 'bin'}{os.pathsep}{environment['PATH']}"
            # cargo-zigbuild runs `python -m ziglang`.
            environment |= {"CARGO_ZIGBUILD_PYTHON_PATH": sys.executable, "PYTHONPATH": zig}
        elif "windows" in target:
            tools.mingw()
            environment["CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER"] = "x86_64-w64-mingw32-gcc"
        packages = [f"--package={program}" for program in PROGRAMS]
        # cargo-auditable writes the list of the linked crates into the binary.
        run(["cargo", "auditable", command, "--locked", "--release", f"--target={target}", *packages], environment)
        for program in PROGRAMS:
            binaries[program, target] = folder / target / "release" / executable(program, target)
    return binaries


def common(toolchain, folder):
    """The environment in which no path and no time of this machine gets into a binary."""
    sysroot = output("rustc", f"+{toolchain}", "--print", "sysroot")
    commit = output("rustc", f"+{toolchain}", "--version", "--verbose").split("commit-hash: ")[1].split()[0]
    cargo = pathlib.Path(os.environ.get("CARGO_HOME") or pathlib.Path.home() / ".cargo").resolve()
    # Of several prefixes that match, rustc and C compilers apply the last.
    prefixes = [(REPOSITORY, "/source"), (cargo, "/cargo"), (f"{sysroot}/lib/rustlib/src/rust", f"/rustc/{commit}")]
    return {
        "RUSTUP_TOOLCHAIN": toolchain,
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(f"--remap-path-prefix={of}={to}" for of, to in prefixes),
        "CFLAGS": " ".join(shlex.quote(f"-ffile-prefix-map={of}={to}") for of, to in prefixes),
        # The crate cc reads CFLAGS as a shell does: a path may contain a space.
        "CC_SHELL_ESCAPED_FLAGS": "1",
        "CARGO_TARGET_DIR": folder,
        "CARGO_INCREMENTAL": "0",
        "SOURCE_DATE_EPOCH": commit_time(),
    }
