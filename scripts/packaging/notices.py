"""The licenses of all that is linked into a binary: crates, Rust's standard library, and the C library."""

import html
import pathlib
import re

from . import PROGRAMS, REPOSITORY, output, tools

ABOUT = REPOSITORY / "release/about.toml"
TEMPLATE = REPOSITORY / "release/about.hbs"


def write(program, targets, toolchain, folder):
    """Write FOLDER/THIRD-PARTY for a program and the targets that it is packaged for."""
    about = tools.cargo_tool("cargo-about") / "cargo-about"
    chosen = [word for target in targets for word in ("--target", target)]
    crates = output(
        *(about, "about", "generate", "--offline", "--locked", "--fail", "--config", ABOUT, *chosen),
        *("--manifest-path", REPOSITORY / program / "Cargo.toml", TEMPLATE),
        environment={"RUSTUP_TOOLCHAIN": toolchain},
    )
    parts = [crates, *(f"==== {name}\n\n{text.strip()}" for name, text in runtime(targets, toolchain))]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "THIRD-PARTY").write_text("\n\n".join(parts) + "\n")


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


def leave_out(folder):
    """Write files without content in their place."""
    for program in PROGRAMS:
        (folder / program).mkdir(parents=True)
        (folder / program / "THIRD-PARTY").touch()


def plain(page):
    """The text of a page of HTML."""
    page = re.sub(r"<(head|style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text)
