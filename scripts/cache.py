"""The cache directory for what the tests need, shared by runs and work trees."""

import fcntl
import os
import pathlib
import tempfile


def folder():
    cache = os.environ.get("KUBECTL_CALICO_CACHE")
    if not cache:
        cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kubectl-calico")
    return pathlib.Path(cache).resolve()


def kept(name, fill, lock=None):
    """The folder of that name in the cache, which `fill` fills the first time. Whoever uses the same lock waits."""
    kept_in = folder() / name
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True)
        with open(kept_in.parent / f"{lock or kept_in.name}.lock", "w") as locked:
            fcntl.flock(locked, fcntl.LOCK_EX)
            if not kept_in.exists():
                with tempfile.TemporaryDirectory(dir=kept_in.parent) as temporary:
                    unfinished = pathlib.Path(temporary, kept_in.name)
                    unfinished.mkdir()
                    fill(unfinished)
                    unfinished.rename(kept_in)
    return kept_in
