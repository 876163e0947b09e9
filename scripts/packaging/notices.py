"""The licenses of all that is linked into a program: crates, Rust's standard library, and the C library."""

import html
import json
import pathlib
import re

from . import PROGRAMS, REPOSITORY, fail, output, tools

NAMES = ("license", "licence", "copying", "copyright", "notice", "unlicense")


def write(program, targets, toolchain, directory):
    """Write DIRECTORY/THIRD-PARTY for a program and the targets that it is packaged for."""
    crates = {}
    for target in targets:
        crates |= linked(program, target)
    crates = [crates[id] for id in sorted(crates, key=lambda id: (crates[id]["name"], crates[id]["version"]))]
    lines = [f"{crate['name']} {crate['version']}: {crate['license']}" for crate in crates]
    texts = {}
    for crate in crates:
        for text in texts_of(crate):
            texts.setdefault(text, []).append(crate["name"])
    parts = ["What is linked into this program, and under which license.", "\n".join(lines)]
    parts += [f"==== {', '.join(names)}\n\n{text}" for text, names in texts.items()]
    parts += [f"==== {name}\n\n{text.strip()}" for name, text in runtime(targets, toolchain)]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "THIRD-PARTY").write_text("\n\n".join(parts) + "\n")


def linked(program, target):
    """The crates that are linked: not those that run only while it is built, such as macros."""
    options = ["--locked", "--format-version", "1", "--filter-platform", target]
    metadata = json.loads(output("cargo", "metadata", *options))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    ahead = [id for id, package in packages.items() if package["name"] == program and package["source"] is None]
    found = {}
    while ahead:
        id = ahead.pop()
        macro = any("proc-macro" in part["kind"] for part in packages[id]["targets"])
        if id in found or macro:
            continue
        found[id] = packages[id]
        for dependency in nodes[id]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                ahead.append(dependency["pkg"])
    return {id: package for id, package in found.items() if package["source"]}


def texts_of(crate):
    """The license texts that a crate comes with, or that of the Apache license, which some leave out."""
    root = pathlib.Path(crate["manifest_path"]).parent
    paths = [path for path in sorted(root.iterdir()) if path.is_file() and path.name.lower().startswith(NAMES)]
    if paths:
        return [path.read_text(errors="replace").strip() for path in paths]
    if "Apache-2.0" not in crate["license"]:
        fail(f"{crate['name']} {crate['version']} has no license text, and its license is {crate['license']}")
    return [(REPOSITORY / "LICENSE").read_text().strip()]


def runtime(targets, toolchain):
    """What is linked besides crates."""
    sysroot = pathlib.Path(output("rustc", f"+{toolchain}", "--print", "sysroot"))
    library = (sysroot / "share/doc/rust/COPYRIGHT-library.html").read_text()
    yield "Rust's standard library", plain(library)
    if any("linux" in target for target in targets):
        zig = tools.python_tools("zig") / "ziglang"
        yield "musl, in the binaries for Linux", (zig / "lib/libc/musl/COPYRIGHT").read_text()
    if any("windows" in target for target in targets):
        tools.mingw()
        (text,) = pathlib.Path("/usr/share/doc").glob("mingw-w64-x86-64-dev/copyright")
        yield "mingw-w64, in the binaries for Windows", text.read_text()


def leave_out(directory):
    """Write files without content in their place."""
    for program in PROGRAMS:
        (directory / program).mkdir(parents=True)
        (directory / program / "THIRD-PARTY").touch()


def plain(page):
    """The text of a page of HTML."""
    page = re.sub(r"<(head|style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text)
