"""The Helm plugin and the images, as OCI layouts that `crane push` sends to a registry.

An image is one static binary in an empty file system, so writing its two or three JSON documents takes no engine.
"""

import gzip
import hashlib
import io
import json
import tarfile

from . import PROGRAMS
from .targets import TARGETS

OCI = "application/vnd.oci"
# helm 4.3.1, pkg/registry/plugin.go: it finds the archive and the signature by their titles, and takes no other types.
PLUGIN = "application/vnd.helm.plugin.v1+json"
TITLE = "org.opencontainers.image.title"
# As in docs/cronjob.yaml. Not 65534, which NFS and user namespaces take for users that they cannot map.
USER = 65532


class Layout:
    """A folder in the OCI's image layout."""

    def __init__(self, folder):
        self.blobs = folder / "blobs/sha256"
        self.blobs.mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.index = folder / "index.json"

    def add(self, content, media_type, **fields):
        """Store bytes, or JSON, and return their descriptor."""
        if not isinstance(content, bytes):
            content = json.dumps(content, sort_keys=True).encode()
        digest = hashlib.sha256(content).hexdigest()
        (self.blobs / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content), **fields}

    def manifest(self, config, layers, fields=None, **more):
        media_type = f"{OCI}.image.manifest.v1+json"
        content = {"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers, **(fields or {})}
        return self.add(content, media_type, **more)

    def finish(self, manifests):
        media_type = f"{OCI}.image.index.v1+json"
        self.index.write_text(json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}))


def plugin(archive, folder):
    """The Helm plugin, with its signature if there is one next to it."""
    layout = Layout(folder)
    layers = [layout.add(archive.read_bytes(), f"{OCI}.image.layer.v1.tar+gzip", annotations={TITLE: archive.name})]
    signature = archive.with_name(f"{archive.name}.prov")
    if signature.exists():
        annotations = {TITLE: signature.name}
        layers.append(layout.add(signature.read_bytes(), f"{OCI}.image.layer.v1.tar", annotations=annotations))
    layout.finish([layout.manifest(layout.add({}, PLUGIN), layers, {"artifactType": PLUGIN})])


def image(program, binaries, texts, labels, time, folder):
    """An image for each platform of Linux: the program is its only command, and does not run as root."""
    layout = Layout(folder)
    manifests = []
    for target, (os, arch) in TARGETS.items():
        if os != "linux" or (program, target) not in binaries:
            continue
        files = {program: (binaries[program, target], 0o755), **{f"licenses/{path.name}": (path, 0o644) for path in texts}}
        tar = archive(files, time)
        layer = layout.add(gzip.compress(tar, mtime=0), f"{OCI}.image.layer.v1.tar+gzip")
        platform = {"os": os, "architecture": arch}
        process = {"Entrypoint": [f"/{program}"], "User": f"{USER}:{USER}", "Labels": labels}
        diff = [f"sha256:{hashlib.sha256(tar).hexdigest()}"]
        config = {**platform, "config": process, "rootfs": {"type": "layers", "diff_ids": diff}}
        config = layout.add(config, f"{OCI}.image.config.v1+json")
        manifests.append(layout.manifest(config, [layer], platform=platform))
    layout.finish(manifests)


def archive(files, time):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, (path, mode) in files.items():
            entry = tarfile.TarInfo(name)
            content = path.read_bytes()
            entry.size, entry.mode, entry.mtime = len(content), mode, time
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def write(binaries, plugin_archive, texts_of, labels, time, folder):
    """FOLDER/plugin, and FOLDER/PROGRAM for each program."""
    plugin(plugin_archive, folder / "plugin")
    if any("linux" in target for _, target in binaries):
        for program in PROGRAMS:
            image(program, binaries, texts_of(program), labels, time, folder / program)
