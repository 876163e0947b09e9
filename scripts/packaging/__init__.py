"""The parts of scripts/package."""

import os
import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ["helm-postrender", "kubectl-calico"]


def fail(message):
    sys.exit(f"package: error: {message}")


def say(message):
    print(f"package: {message}", file=sys.stderr, flush=True)


def run(command, environment=None, **options):
    """Run a command with these variables added to the environment; end the program if it fails."""
    command = [str(word) for word in command]
    environment = {**os.environ, **{name: str(value) for name, value in (environment or {}).items()}}
    options.setdefault("cwd", REPOSITORY)
    # Standard output is for the list of files.
    options.setdefault("stdout", sys.stderr)
    try:
        result = subprocess.run(command, env=environment, text=True, **options)
    except FileNotFoundError:
        fail(f"{command[0]} is not on PATH")
    if result.returncode != 0:
        fail(f"{' '.join(command[:3])} failed (exit code {result.returncode}); see the lines above")
    return result.stdout


def output(*command, **options):
    return run(command, stdout=subprocess.PIPE, **options).strip()


def commit_time():
    """The time of the commit in seconds since 1970: that of every file, so that equal commits give equal bytes."""
    return output("git", "log", "-1", "--format=%ct")
