"""goreleaser: archives, packages, checksums and the manifests of krew, Homebrew and scoop."""

import email.utils
import gzip
import shutil

from . import PROGRAMS, REPOSITORY, run, say, tools
from .targets import TARGETS

CONFIG = REPOSITORY / ".goreleaser.yaml"


def lay_out(binaries, staged, environment):
    """Copy {(program, target): path} to where goreleaser's builder for Rust looks for them, and write what packages have
    compressed: the man pages and, for Debian, a changelog."""
    for (program, target), binary in binaries.items():
        place = staged / "target" / target / "release" / binary.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(binary, place)
        place.chmod(0o755)
    manual = staged / "man"
    manual.mkdir()
    for page in (REPOSITORY / "release/man").iterdir():
        compress(page.read_bytes(), manual / f"{page.name}.gz")
    changelogs = staged / "changelog"
    changelogs.mkdir()
    for program in PROGRAMS:
        compress(changelog(program, environment).encode(), changelogs / f"{program}.gz")
    # The builder reads it before it runs anything.
    (staged / "Cargo.toml").write_text("[workspace]\n")


def compress(content, path):
    path.write_bytes(gzip.compress(content, mtime=0))


def changelog(program, environment):
    """One entry in Debian's form: what has changed is where the release is."""
    time = email.utils.formatdate(environment["PACKAGE_TIMESTAMP"])
    return (
        f"{program} ({environment['PACKAGE_VERSION']}) unstable; urgency=medium\n\n"
        f"  * {environment['PACKAGE_RELEASE']}\n\n"
        f" -- {environment['PACKAGE_MAINTAINER']}  {time}\n"
    )


def config(binaries, out):
    """goreleaser's configuration for the targets at hand and for this folder: goreleaser takes neither as an argument."""
    text = CONFIG.read_text().replace("target/dist", str(out.relative_to(REPOSITORY)))
    missing = set(TARGETS) - {target for _, target in binaries}
    lines = [line for line in text.splitlines(keepends=True) if line.strip().removeprefix("- ") not in missing]
    return "".join(lines)


def release(binaries, staged, out, environment, arguments):
    path = staged / "goreleaser.yaml"
    path.write_text(CONFIG.read_text() if arguments.publish else config(binaries, out))
    say("running goreleaser")
    goreleaser = tools.go_tool("goreleaser")
    run([goreleaser, "check", "--quiet", path], environment)
    options = ["--release-notes", staged / "notes.md"]
    if not arguments.publish:
        options = ["--snapshot", f"--skip={','.join(skipped(binaries, environment, arguments.quick))}"]
    run([goreleaser, "release", "--clean", "--config", path, *options], environment)


def skipped(binaries, environment, quick):
    """The parts of a release that a dry run leaves out, in goreleaser's names."""
    yield "announce"
    if not environment["PACKAGE_KEY"]:
        yield "sign"
    if quick:
        yield from ["nfpm", "homebrew", "scoop"]
    elif not any("windows" in target for _, target in binaries):
        # It is for Windows alone.
        yield "scoop"
