//! `kubectl calico status` on clusters from files.
//!
//! Every folder of tests/cases/status with a `cluster.yaml` (the format is described in
//! tests/support/src/clusters) is a case. `report.txt` is the expected exit code and report. In a
//! folder named after a code, it is the report without the facts. `args` has more arguments, one
//! per line.
//!
//! `UPDATE_CASES=1 cargo test --test plugin status` writes the expected files. Read the difference
//! before you commit it.

mod case;
mod checks;
mod clusters;
mod commands;
mod default_installs;
mod exports;
mod formats;
mod overlay;
mod picture;
mod platforms;
mod redaction;
mod reports;
mod rules;
mod selection;
mod with;
mod with_cases;
mod with_problems;
mod with_words;
