//! The real Helm binaries, where `scripts/fetch-tools` puts them.

use std::path::PathBuf;

/// One released Helm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Helm {
    pub(crate) version: &'static str,
}

pub(crate) const HELM_3_17: Helm = Helm { version: "3.17.2" };
pub(crate) const HELM_4_1: Helm = Helm { version: "4.1.4" };
pub(crate) const HELM_4_2: Helm = Helm { version: "4.2.3" };
pub(crate) const HELM_4_3: Helm = Helm { version: "4.3.1" };

impl Helm {
    pub(crate) fn is_3(self) -> bool {
        self.version.starts_with("3.")
    }

    /// The binary; a test without it fails, for a skipped one would look like a passed one.
    pub(crate) fn binary(self) -> PathBuf {
        let binary = folder().join(format!("helm-{}", self.version)).join("helm");
        assert!(
            binary.is_file(),
            "no Helm {} at {}: run scripts/test, which fetches the tools and sets CALICO_TEST_TOOLS",
            self.version,
            binary.display()
        );
        binary
    }
}

/// CALICO_TEST_TOOLS, else the cache folder that `scripts/fetch-tools` chooses by itself.
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

/// Makes each function, which takes a `Helm`, a test of its own for every Helm.
macro_rules! each_helm {
    ($($test:ident),+ $(,)?) => {
        mod helm_3_17 {
            $(#[test] fn $test() { super::$test(crate::support::tools::HELM_3_17) })+
        }
        crate::support::tools::each_helm_4!($($test),+);
    };
}

/// The same for every Helm 4.
macro_rules! each_helm_4 {
    ($($test:ident),+ $(,)?) => {
        mod helm_4_1 {
            $(#[test] fn $test() { super::$test(crate::support::tools::HELM_4_1) })+
        }
        mod helm_4_2 {
            $(#[test] fn $test() { super::$test(crate::support::tools::HELM_4_2) })+
        }
        mod helm_4_3 {
            $(#[test] fn $test() { super::$test(crate::support::tools::HELM_4_3) })+
        }
    };
}

pub(crate) use {each_helm, each_helm_4};
