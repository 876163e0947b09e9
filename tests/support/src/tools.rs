//! The programs that `scripts/fetch-tools` downloads.

use std::path::PathBuf;

/// A downloaded program. Fails without it: a skipped test would look like a passed one.
pub fn tool(name: &str, version: &str) -> PathBuf {
    let binary = folder().join(format!("{name}-{version}")).join(name);
    assert!(
        binary.is_file(),
        "no {name} {version} at {}: run scripts/test, which downloads it and sets CALICO_TEST_TOOLS",
        binary.display()
    );
    binary
}

/// CALICO_TEST_TOOLS, or the default cache folder of `scripts/fetch-tools`.
fn folder() -> PathBuf {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    variable("CALICO_TEST_TOOLS").unwrap_or_else(|| {
        let cache = variable("KUBECTL_CALICO_CACHE")
            .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("kubectl-calico")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/kubectl-calico")));
        cache
            .expect("CALICO_TEST_TOOLS or HOME is set")
            .join("tools")
    })
}
