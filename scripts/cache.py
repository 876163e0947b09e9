"""The cache directory for what the tests need, shared by runs and work trees."""

import os
import pathlib


def folder():
    cache = os.environ.get("KUBECTL_CALICO_CACHE")
    if not cache:
        cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kubectl-calico")
    return pathlib.Path(cache).resolve()
