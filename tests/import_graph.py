"""Tests of scripts/import-graph, on crates of a few lines in a temporary folder."""

import pathlib
import subprocess
import tempfile
import textwrap
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "scripts" / "import-graph"


def graph(files, *arguments):
    """The exit code and output of the script for a workspace with one crate, `app`, of these files."""
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary)
        for name, text in {"Cargo.toml": '[workspace]\nmembers = ["app"]\n', **files}.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text))
        run = subprocess.run([SCRIPT, *arguments, root], capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr


CIRCLE = {
    "app/src/lib.rs": "mod pool; mod route; mod text;",
    "app/src/pool.rs": "use crate::{route::{self, Route}, text::shown}; pub struct Pool;",
    "app/src/route.rs": "use super::pool::Pool; pub struct Route;",
    "app/src/text.rs": "pub fn shown() {}",
}


class Circles(unittest.TestCase):
    def assert_no_circle(self, files):
        code, output = graph(files)
        self.assertEqual((code, output[output.index(" files, ") :]), (0, " files, no cycle\n"))

    def assert_circle(self, files, *circle):
        code, output = graph(files)
        self.assertEqual(code, 1, output)
        self.assertIn(f"  {len(circle)} import each other:\n" + "".join(f"    {path}\n" for path in circle), output)

    def test_every_import_in_a_cycle_is_listed_on_request(self):
        self.assert_circle(CIRCLE, "app/src/pool.rs", "app/src/route.rs")
        code, output = graph(CIRCLE, "--all")
        self.assertEqual(code, 1)
        self.assertIn("      -> app/src/route.rs (Route)\n", output)
        self.assertIn("      -> app/src/pool.rs (Pool)\n", output)

    def test_folders_that_import_each_other_are_a_cycle_without_one_between_files(self):
        code, output = graph({
            "app/src/lib.rs": "mod facts; mod text; mod views;",
            "app/src/facts/mod.rs": "pub mod limits; pub mod nodes;",
            "app/src/facts/limits.rs": "pub const MOST: u8 = 3;",
            "app/src/facts/nodes.rs": "use crate::views::pods::Pod; pub struct Node(Pod);",
            "app/src/text.rs": "pub fn shown() {}",
            "app/src/views/mod.rs": "pub mod pods;",
            "app/src/views/pods.rs": "use crate::{facts::limits::MOST, text::shown}; pub struct Pod([u8; MOST]);",
        })
        self.assertEqual(
            (code, output),
            (1, "app: 7 files, cycles: 1\n  2 import each other:\n    app/src/facts\n    app/src/views\n"),
        )

    def test_a_reexported_name_is_imported_from_the_file_that_defines_it(self):
        self.assert_no_circle({
            "app/src/lib.rs": "mod plan;",
            "app/src/plan/mod.rs": "mod pool; mod steps; pub use pool::Pool; use steps::Step; type Steps = Vec<Step>;",
            "app/src/plan/pool.rs": "pub struct Pool;",
            "app/src/plan/steps.rs": "use super::Pool; pub struct Step;",
        })

    def test_a_name_defined_in_mod_rs_is_imported_from_mod_rs(self):
        self.assert_circle(
            {
                "app/src/lib.rs": "mod rules;",
                "app/src/rules/mod.rs": "mod cidr; trait Rule {} const RULES: &[&dyn Rule] = &[&cidr::HostBits];",
                "app/src/rules/cidr.rs": "use super::Rule; pub struct HostBits; impl Rule for HostBits {}",
            },
            "app/src/rules/cidr.rs",
            "app/src/rules/mod.rs",
        )

    def test_a_module_is_imported_for_what_is_named_through_it(self):
        self.assert_no_circle({
            "app/src/lib.rs": "mod render; mod plan;",
            "app/src/render/mod.rs": "mod text; mod json; pub use text::text; pub struct Look; fn f() { json::json() }",
            "app/src/render/json.rs": "pub fn json() {}",
            "app/src/render/text.rs": "pub fn text() { let _ = super::Look; }",
            "app/src/plan.rs": "use crate::render; fn plan() { render::text() }",
        })

    def test_every_way_to_write_a_path_is_followed(self):
        for path in [
            "use super::super::b::B;",
            "use crate::b as other; fn f() -> other::B { other::B }",
            "use crate::{b::{B as Named}};",
            "fn f() -> crate::b::B { super::super::b::B }",
            "use self::deep::B; mod deep { pub use super::super::super::b::B; }",
            "use crate::b::*;",
            "use crate::b::Kind::One;",
        ]:
            with self.subTest(path):
                self.assert_circle(
                    {
                        "app/src/lib.rs": "mod a; mod b;",
                        "app/src/a/mod.rs": "pub mod c;",
                        "app/src/a/c.rs": f"pub struct C; {path}",
                        "app/src/b.rs": "use crate::a::c::C; pub struct B; pub enum Kind { One }",
                    },
                    "app/src/a/c.rs",
                    "app/src/b.rs",
                )

    def test_tests_comments_and_strings_import_nothing(self):
        self.assert_no_circle({
            "app/src/lib.rs": "mod a; mod b;",
            "app/src/a.rs": """
                pub struct A;
                // use crate::b::B;
                const TEXT: &str = "use crate::b::B;";
                #[cfg(test)]
                mod tests {
                    use crate::b::B;
                }
            """,
            "app/src/b.rs": "use crate::a::A; pub struct B;",
        })

    def test_a_function_and_a_module_of_one_name_are_two_things(self):
        self.assert_circle(
            {
                "app/src/lib.rs": "mod lost; mod entries;",
                "app/src/lost.rs": "use super::entries; pub fn entries() { entries::listed() }",
                "app/src/entries.rs": "use super::lost; pub fn listed() { lost::entries() }",
            },
            "app/src/entries.rs",
            "app/src/lost.rs",
        )


if __name__ == "__main__":
    unittest.main()
