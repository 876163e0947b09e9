"""The site: mdBook's pages, and an address for each code."""

import html
import html.parser
import os
import pathlib
import re
import shutil
import urllib.parse

from packaging import run, tools

from . import addresses, markdown, sources, tracked

# The pages with a section for each code, which becomes an address of its own.
CATALOGS = ["findings.md", "rules.md"]


def staged(repository, path):
    """The place of a file of the repository in the book: without docs/."""
    path = path.relative_to(repository)
    return path.relative_to("docs") if path.parts[0] == "docs" else path


def link(repository, page, target, pages):
    """The target of a link in the book: what is not part of it is in the repository."""
    if sources.is_external(target) or target.startswith("#"):
        return target
    path, hash, anchor = target.partition("#")
    file = (page.parent / urllib.parse.unquote(path)).resolve()
    if file in pages or file.suffix != ".md" and file.is_file() and file.is_relative_to(repository / "docs"):
        return os.path.relpath(staged(repository, file), staged(repository, page).parent) + hash + anchor
    kind = "tree" if file.is_dir() else "blob"
    return f"{addresses(repository)[0]}/{kind}/main/{file.relative_to(repository)}{hash}{anchor}"


def stage(repository, folder):
    """Write mdBook's input: the pages that SUMMARY.md lists, and all else in docs/."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = set(sources.summary(repository))
    contents = repository / "docs/SUMMARY.md"
    for path in [*pages, *tracked(repository, "docs")]:
        place = folder / "src" / staged(repository, path)
        if path.name in ("book.toml", "site.css"):
            place = folder / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        if path in pages or path == contents:
            text = markdown.with_links(path.read_text(), lambda target: link(repository, path, target, pages))
            place.write_text(text)
        else:
            shutil.copyfile(path, place)


def build(repository, folder):
    """Build the site in a folder."""
    staging = pathlib.Path(f"{folder}-input")
    stage(repository, staging)
    source, site = addresses(repository)
    environment = {
        "MDBOOK_OUTPUT__HTML__GIT_REPOSITORY_URL": source,
        # For the page that is shown for an address that does not exist.
        "MDBOOK_OUTPUT__HTML__SITE_URL": urllib.parse.urlsplit(site).path.rstrip("/") + "/",
    }
    mdbook = tools.cargo_tool("mdbook") / "mdbook"
    run([mdbook, "build", staging, "--dest-dir", folder], environment)
    for page in CATALOGS:
        for code in codes((repository / "docs" / page).read_text()):
            redirect(folder / code / "index.html", f"../{page.removesuffix('.md')}.html#{code.lower()}", code)


def codes(text):
    """The codes of a page: its headings of one word."""
    return [heading for heading in markdown.headings(text) if re.fullmatch(r"CAL\d+|[a-z0-9]+(-[a-z0-9]+)+", heading)]


def redirect(path, target, title):
    """A page that leads to another one, also without JavaScript."""
    path.parent.mkdir()
    path.write_text(
        f'<!doctype html>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<a href="{target}">{html.escape(title)}</a>\n'
    )


class Page(html.parser.HTMLParser):
    """The links and the anchors of a page of the site."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def broken_links(folder):
    """A line for each link of the site that leads nowhere in it."""
    pages = {path: Page(path) for path in folder.rglob("*.html")}
    for path, page in sorted(pages.items()):
        # 404.html is shown at any depth; its links are absolute.
        if path.name in ("404.html", "toc.html", "print.html"):
            continue
        for target in page.links:
            if sources.is_external(target):
                continue
            name, _, anchor = target.partition("#")
            file = (path.parent / urllib.parse.unquote(name)).resolve() if name else path
            file = file / "index.html" if file.is_dir() else file
            if not file.exists() or anchor and file in pages and anchor not in pages[file].anchors:
                yield f"{path.relative_to(folder)}: {target} leads nowhere"
