"""What is checked in the Markdown files, as a reader on GitHub sees them."""

import re
import urllib.parse

from . import addresses, markdown, tracked, version

# Names of ours on hosts where the owner comes before them. Each must have the owner that Cargo.toml names.
OURS = re.compile(
    r"(?:github\.com|ghcr\.io)/([\w.-]+)/(?:kubectl-calico|helm-postrender|plugins|homebrew-tap|scoop-bucket)\b"
    r"|https://([\w-]+)\.github\.io/kubectl-calico\b"
    r"|\b([\w-]+)/tap/(?:kubectl-calico|helm-postrender)\b"
    r"|--repo ([\w-]+)/kubectl-calico\b"
)

# Where a reader downloads a release: its version.
RELEASED = re.compile(
    r"(?:/releases/download/v|ghcr\.io/[\w./-]+:|githubusercontent\.com/[\w-]+/kubectl-calico/v"
    r"|check-manifests@v|with: \{version: |\b(?:kubectl-calico|helm-postrender)[-_]v?)(\d+\.\d+\.\d+)"
)


def is_external(target):
    return re.match(r"[a-z][a-z0-9+.-]*:", target) is not None


def broken_links(repository):
    """A line for each link that leads nowhere."""
    pages = {path: path.read_text() for path in tracked(repository, "*.md")}
    for page, text in pages.items():
        for line, target in markdown.links(text):
            if why := broken(repository, page, target, pages):
                yield f"{page.relative_to(repository)}:{line}: {target}: {why}"


def broken(repository, page, target, pages):
    if is_external(target):
        url = urllib.parse.urlsplit(target)
        valid = url.scheme == "mailto" or url.scheme == "https" and "." in url.netloc
        return None if valid else "not an https:// address"
    path, _, anchor = target.partition("#")
    file = (page.parent / urllib.parse.unquote(path)).resolve() if path else page
    if not file.is_relative_to(repository) or not file.exists():
        return "no such file"
    if anchor and file.suffix == ".md" and anchor not in markdown.anchors(pages[file]):
        return "no such heading"
    return None


def summary(repository):
    """The pages that docs/SUMMARY.md lists, in its order."""
    docs = repository / "docs"
    return [(docs / target).resolve() for _, target in markdown.links((docs / "SUMMARY.md").read_text())]


def unlisted_pages(repository):
    """A line for each page below docs/ that SUMMARY.md does not list exactly once."""
    listed = summary(repository)
    for page in tracked(repository, "docs/*.md"):
        if page.name != "SUMMARY.md" and (count := listed.count(page)) != 1:
            times = "not at all" if count == 0 else f"{count} times"
            yield f"docs/SUMMARY.md lists {page.relative_to(repository)} {times}"


def foreign_addresses(repository):
    """A line for each address of this project with another owner than that in Cargo.toml."""
    owner = addresses(repository)[0].split("/")[-2]
    for path in tracked(repository, "*.md", "*.toml", "*.yaml", "*.rs", "krew", "release", "scripts", ".github"):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for match in OURS.finditer(line):
                if match[match.lastindex] not in (owner, "OWNER"):
                    yield f"{path.relative_to(repository)}:{number}: {match[0]} has another owner than Cargo.toml"


def outdated_versions(repository):
    """A line for each download of another version than that in Cargo.toml."""
    current = version(repository)
    for path in tracked(repository, "README.md", "SECURITY.md", "docs"):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for match in RELEASED.finditer(line):
                if match[1] != current:
                    yield f"{path.relative_to(repository)}:{number}: {match[0]} is not {current}, the version in Cargo.toml"
