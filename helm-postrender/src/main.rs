//! The post-renderer's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    helm_postrender::run(std::env::args_os().collect())
}
