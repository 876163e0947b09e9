"""What scripts/test-cluster is made of: where the programs come from, and how they run."""

import sys


def say(message):
    print(f"test-cluster: {message}", file=sys.stderr, flush=True)


def fail(message, code=1):
    say(f"error: {message}")
    sys.exit(code)
