"""The parts of scripts/site."""

import pathlib
import subprocess
import tomllib

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


def package(repository=REPOSITORY):
    """What Cargo.toml says of all crates."""
    return tomllib.loads((repository / "Cargo.toml").read_text())["workspace"]["package"]


def addresses(repository=REPOSITORY):
    """The addresses of the repository and of the site, which Cargo.toml alone defines."""
    return package(repository)["repository"], package(repository)["homepage"]


def version(repository=REPOSITORY):
    return package(repository)["version"]


def tracked(repository, *patterns):
    """The files of the repository, also new ones that are not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    names = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    return [repository / name for name in sorted(set(names.split("\0"))) if name and (repository / name).is_file()]
