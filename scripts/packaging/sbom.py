"""A bill of materials for each program, in CycloneDX's JSON."""

from . import PROGRAMS, REPOSITORY, commit_time, run, tools


def write(version, toolchain, folder):
    folder.mkdir(parents=True, exist_ok=True)
    cyclonedx = tools.cargo_tool("cargo-cyclonedx") / "cargo-cyclonedx"
    name = "bill-of-materials"
    command = [cyclonedx, "cyclonedx", "--format", "json", "--all", "--target", "all", "--no-build-deps"]
    command += ["--override-filename", name]
    time = commit_time()
    # It writes a file next to the Cargo.toml of each member of the workspace.
    run([*command, "--quiet"], {"RUSTUP_TOOLCHAIN": toolchain, "SOURCE_DATE_EPOCH": time})
    for path in REPOSITORY.glob(f"**/{name}.json"):
        if path.parent.name in PROGRAMS:
            # A reference contains the path of its crate.
            text = path.read_text().replace(f"file://{REPOSITORY}", "file:///source")
            (folder / f"{path.parent.name}-v{version}.cdx.json").write_text(text)
        path.unlink()
