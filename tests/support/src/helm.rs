//! The releases of Helm that tests run.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;
use crate::tools::tool;

/// A release of Helm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Helm {
    pub version: &'static str,
}

pub const HELM_3_17: Helm = Helm { version: "3.17.2" };
pub const HELM_4_1: Helm = Helm { version: "4.1.4" };
pub const HELM_4_2: Helm = Helm { version: "4.2.3" };
pub const HELM_4_3: Helm = Helm { version: "4.3.1" };

impl Helm {
    pub fn is_3(self) -> bool {
        self.version.starts_with("3.")
    }

    /// Its binary.
    pub fn binary(self) -> PathBuf {
        tool("helm", self.version)
    }
}

/// Lays out the Helm 4 plugin in a folder, with a link to the filter in the place of its binary.
#[cfg(unix)]
pub fn lay_out_plugin(folder: &Path, filter: &Path) {
    let bin = folder.join("bin/linux-amd64");
    fs::create_dir_all(&bin).expect("make the plugin's folder");
    let manifest = repository().join("helm-postrender/plugin.yaml");
    fs::copy(manifest, folder.join("plugin.yaml")).expect("copy plugin.yaml");
    std::os::unix::fs::symlink(filter, bin.join("helm-postrender")).expect("link the filter");
}

/// Declares a test per function and release of Helm. Each function takes a [`Helm`].
#[macro_export]
macro_rules! each_helm {
    ($($test:ident),+ $(,)?) => {
        mod helm_3_17 {
            $(#[test] fn $test() { super::$test($crate::helm::HELM_3_17) })+
        }
        $crate::each_helm_4!($($test),+);
    };
}

/// Declares a test per function and release of Helm 4.
#[macro_export]
macro_rules! each_helm_4 {
    ($($test:ident),+ $(,)?) => {
        mod helm_4_1 {
            $(#[test] fn $test() { super::$test($crate::helm::HELM_4_1) })+
        }
        mod helm_4_2 {
            $(#[test] fn $test() { super::$test($crate::helm::HELM_4_2) })+
        }
        mod helm_4_3 {
            $(#[test] fn $test() { super::$test($crate::helm::HELM_4_3) })+
        }
    };
}

pub use {each_helm, each_helm_4};
