//! The plugin's executable.

use std::process::ExitCode;

/// That of musl is slow, and takes more memory.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    kubectl_calico::run(std::env::args_os().collect())
}
