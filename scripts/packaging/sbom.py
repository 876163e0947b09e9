"""A bill of materials for each program, in CycloneDX's JSON."""

import json
import uuid

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
            (folder / f"{path.parent.name}-v{version}.cdx.json").write_text(numbered(text))
        path.unlink()


def numbered(text):
    """The document with a serial number that depends on the content only: for reproducible builds, cargo-cyclonedx writes
    none, and without one actions/attest 4.2.2 (src/sbom.ts) takes it for no bill of materials."""
    document = json.loads(text)
    number = uuid.uuid5(uuid.NAMESPACE_URL, text).urn
    return json.dumps({"bomFormat": document["bomFormat"], "serialNumber": number, **document}, indent=2) + "\n"
