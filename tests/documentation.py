"""Tests of scripts/documentation, on a repository of a few pages in a temporary folder."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scripts"))

from documentation import book, markdown, sources  # noqa: E402

PAGES = {
    "Cargo.toml": '[workspace.package]\nversion = "1.2.3"\nrepository = "https://github.com/me/kubectl-calico"\nhomepage = "https://me.github.io/kubectl-calico"\n',
    "README.md": "# Read me\n\n[plan](docs/plan.md#the-plan--o-values) [license](LICENSE)\n",
    "LICENSE": "",
    "docs/SUMMARY.md": "# Summary\n\n[Read me](../README.md)\n\n- [Plan](plan.md)\n- [Guide](guides/kind.md)\n",
    "docs/plan.md": "# The plan: `-o values`\n\n[first](../README.md#read-me) [schema](plan.json)\n",
    "docs/plan.json": "{}",
    "docs/guides/kind.md": "# kind\n\n[plan](../plan.md)\n[license](../../LICENSE)\n",
}


class Repository:
    """The pages above, with changes."""

    def __init__(self, changes=None):
        self.temporary = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.temporary.name).resolve()
        subprocess.run(["git", "init", "--quiet", self.path], check=True)
        for name, text in {**PAGES, **(changes or {})}.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        self.temporary.cleanup()


class Links(unittest.TestCase):
    def broken(self, text):
        with Repository({"README.md": text}) as repository:
            return list(sources.broken_links(repository))

    def test_all_lead_somewhere(self):
        with Repository() as repository:
            self.assertEqual(list(sources.broken_links(repository)), [])

    def test_a_file_that_does_not_exist(self):
        self.assertEqual(self.broken("# Read me\n\nA\n[b](docs/b.md)\n"), ["README.md:4: docs/b.md: no such file"])
        self.assertEqual(self.broken('# Read me\n\n<img src="a.svg">\n'), ["README.md:3: a.svg: no such file"])
        self.assertEqual(len(self.broken("# Read me\n\n[b][x]\n\n[x]: docs/b.md\n")), 1)

    def test_a_heading_that_does_not_exist(self):
        self.assertEqual(self.broken("# Read me\n\n[b](#c)\n"), ["README.md:3: #c: no such heading"])
        self.assertEqual(len(self.broken("# Read me\n\n[b](docs/plan.md#plan)\n")), 1)

    def test_an_address_is_https(self):
        self.assertEqual(self.broken("# Read me\n\n[b](https://example.com/a)\n"), [])
        self.assertEqual(len(self.broken("# Read me\n\n[b](http://example.com)\n[c](https://nowhere)\n")), 2)

    def test_code_has_no_links(self):
        for code in ["`[b](c)`", "    [b](c)\n    [d](e)", "```sh\n[b](c)\n```", "<!-- [b](c) -->"]:
            self.assertEqual(self.broken(f"# Read me\n\n{code}\n"), [])
        self.assertEqual(len(self.broken("# Read me\n\n- a\n    [b](c)\n")), 1)

    def test_anchors_are_those_of_github(self):
        text = "# A: `b-c` & d\n## A\n## A\n```\n# no\n```\n### [x](y) *z*\n"
        self.assertEqual(markdown.anchors(text), {"a-b-c--d", "a", "a-1", "x-z"})


class Pages(unittest.TestCase):
    def test_every_page_is_listed_once(self):
        with Repository({"docs/extra.md": ""}) as repository:
            self.assertEqual(list(sources.unlisted_pages(repository)), ["docs/SUMMARY.md lists docs/extra.md not at all"])
        with Repository({"docs/SUMMARY.md": PAGES["docs/SUMMARY.md"] + "- [Again](plan.md)\n"}) as repository:
            self.assertEqual(list(sources.unlisted_pages(repository)), ["docs/SUMMARY.md lists docs/plan.md 2 times"])

    def test_one_owner(self):
        for ours in ["https://github.com/you/kubectl-calico/x", "ghcr.io/you/plugins/a", "https://you.github.io/kubectl-calico",
                     "you/tap/kubectl-calico", "attest --repo you/kubectl-calico"]:
            with Repository({"docs/guides/kind.md": f"{ours}\n"}) as repository:
                self.assertEqual(len(list(sources.foreign_addresses(repository))), 1, ours)
            with Repository({"docs/guides/kind.md": f"{ours.replace('you', 'me')}\n"}) as repository:
                self.assertEqual(list(sources.foreign_addresses(repository)), [], ours)

    def test_the_current_version(self):
        for download in ["https://example.com/releases/download/v1.2.3", "ghcr.io/me/plugins/helm-postrender:1.2.3",
                         "https://raw.githubusercontent.com/me/kubectl-calico/v1.2.3/a", "kubectl-calico_1.2.3_amd64.deb",
                         "helm-postrender-v1.2.3-linux-amd64.tar.gz", "check-manifests@v1.2.3", "with: {version: 1.2.3}"]:
            with Repository({"docs/guides/kind.md": f"{download}\n"}) as repository:
                self.assertEqual(list(sources.outdated_versions(repository)), [], download)
            with Repository({"docs/guides/kind.md": f"{download.replace('1.2.3', '1.2.2')}\n"}) as repository:
                self.assertEqual(len(list(sources.outdated_versions(repository))), 1, download)


class Book(unittest.TestCase):
    def test_links_of_the_book(self):
        with Repository() as repository:
            book.stage(repository, repository / "book")
            source = repository / "book/src"
            self.assertIn("[plan](plan.md#the-plan--o-values) [license](https://github.com/me/kubectl-calico/blob/main/LICENSE)",
                          (source / "README.md").read_text())
            self.assertIn("[first](README.md#read-me) [schema](plan.json)", (source / "plan.md").read_text())
            self.assertIn("[plan](../plan.md)\n", (source / "guides/kind.md").read_text())
            self.assertIn("[Read me](README.md)", (source / "SUMMARY.md").read_text())
            self.assertTrue((source / "plan.json").exists())

    def test_a_code_is_a_heading_of_one_word(self):
        self.assertEqual(book.codes("# Rules\n## CAL101\n## cidr-length\n## Not covered\n## Advice\n"), ["CAL101", "cidr-length"])


if __name__ == "__main__":
    unittest.main()
