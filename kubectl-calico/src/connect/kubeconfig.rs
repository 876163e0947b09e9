//! The kubeconfig files, read and merged as client-go does (tools/clientcmd/loader.go).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use calico_core::text::shortened;
use kube::config::{Kubeconfig, KubeconfigError};

use super::environment::Environment;
use super::error::{ConnectError, LONGEST, reason};

/// The merged kubeconfig, and the files that were looked for.
pub(super) struct MergedKubeconfig {
    pub(super) config: Kubeconfig,
    pub(super) paths: Vec<PathBuf>,
}

impl MergedKubeconfig {
    /// The file of `--kubeconfig` alone; or the files of `KUBECONFIG`; or `~/.kube/config`. Only the
    /// file of `--kubeconfig` must exist: a `KUBECONFIG` often lists files that do not exist.
    pub(super) fn load(
        flag: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, ConnectError> {
        if let Some(path) = flag {
            let config = read(path)?.ok_or_else(|| ConnectError::Unreadable {
                path: path.to_owned(),
                why: "no such file".to_owned(),
            })?;
            return Ok(Self {
                config,
                paths: vec![path.to_owned()],
            });
        }
        let paths = default_paths(environment);
        let mut config = Kubeconfig::default();
        for path in &paths {
            if let Some(mut next) = read(path)? {
                // client-go treats an empty name as unset, so a later file's name is used.
                next.current_context.take_if(|name| name.is_empty());
                config = config
                    .merge(next)
                    .map_err(|error| unreadable(path, &error))?;
            }
        }
        Ok(Self { config, paths })
    }

    /// The names of its contexts.
    pub(super) fn contexts(&self) -> Vec<String> {
        let contexts = self.config.contexts.iter();
        contexts.map(|entry| entry.name.clone()).collect()
    }

    /// The names of its clusters.
    pub(super) fn clusters(&self) -> Vec<String> {
        let clusters = self.config.clusters.iter();
        clusters.map(|entry| entry.name.clone()).collect()
    }

    /// The names of its users.
    pub(super) fn users(&self) -> Vec<String> {
        let users = self.config.auth_infos.iter();
        users.map(|entry| entry.name.clone()).collect()
    }
}

/// The names in a kubeconfig.
#[derive(Debug, Default)]
pub struct KubeconfigNames {
    /// The contexts.
    pub contexts: Vec<String>,
    /// The clusters.
    pub clusters: Vec<String>,
    /// The users.
    pub users: Vec<String>,
    /// The files that were looked for.
    pub paths: Vec<PathBuf>,
}

/// The names in the kubeconfig that [`connect`](super::connect) would use.
///
/// # Errors
///
/// If a file cannot be read, or is no kubeconfig.
pub fn kubeconfig_names(flag: Option<&Path>) -> Result<KubeconfigNames, ConnectError> {
    let kubeconfig = MergedKubeconfig::load(flag, &Environment::of_process())?;
    Ok(KubeconfigNames {
        contexts: kubeconfig.contexts(),
        clusters: kubeconfig.clusters(),
        users: kubeconfig.users(),
        paths: kubeconfig.paths,
    })
}

fn default_paths(environment: &Environment) -> Vec<PathBuf> {
    match environment.variable("KUBECONFIG") {
        Some(list) => std::env::split_paths(list)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        None => environment
            .home()
            .map(|home| home.join(".kube").join("config"))
            .into_iter()
            .collect(),
    }
}

/// A file's content, with relative paths in it resolved against its own directory; `None` if the file
/// does not exist.
fn read(path: &Path) -> Result<Option<Kubeconfig>, ConnectError> {
    match Kubeconfig::read_from(path) {
        Ok(config) => Ok(Some(config)),
        Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &KubeconfigError) -> ConnectError {
    let why = match error {
        KubeconfigError::ReadConfig(error, _) => reason(error),
        // The error's own text quotes the lines around the place, and those may contain a token.
        KubeconfigError::Parse(error) => match error.location() {
            Some(place) => format!(
                "not a kubeconfig (line {}, column {})",
                place.line(),
                place.column()
            ),
            None => "not a kubeconfig".to_owned(),
        },
        other => other.to_string(),
    };
    ConnectError::Unreadable {
        path: path.to_owned(),
        why: shortened(why, LONGEST),
    }
}
