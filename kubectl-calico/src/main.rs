//! The plugin's executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_calico::run(std::env::args_os().collect())
}
