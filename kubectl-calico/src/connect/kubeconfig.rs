//! Which kubeconfig files there are, read and merged as client-go does (tools/clientcmd/loader.go).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use calico_core::text::shortened;
use kube::config::{Kubeconfig, KubeconfigError};

use super::environment::Environment;
use super::error::{ConnectError, LONGEST, reason};
use super::flags::Flags;

/// The merged kubeconfig, and where it was looked for.
pub(super) struct Loaded {
    pub(super) config: Kubeconfig,
    pub(super) places: Vec<PathBuf>,
}

/// `--kubeconfig` alone; or the files of `KUBECONFIG`; or `~/.kube/config`. Only the first must
/// exist: a list is often longer than what is there today.
pub(super) fn load(flags: &Flags, environment: &Environment) -> Result<Loaded, ConnectError> {
    if let Some(path) = &flags.kubeconfig {
        let config = read(path)?.ok_or_else(|| ConnectError::Unreadable {
            path: path.clone(),
            why: "there is no such file".to_owned(),
        })?;
        return Ok(Loaded {
            config,
            places: vec![path.clone()],
        });
    }
    let places = places(environment);
    let mut config = Kubeconfig::default();
    for path in &places {
        if let Some(mut next) = read(path)? {
            // To client-go an empty name is none, so that a later file's counts.
            next.current_context.take_if(|name| name.is_empty());
            config = config
                .merge(next)
                .map_err(|error| unreadable(path, &error))?;
        }
    }
    Ok(Loaded { config, places })
}

fn places(environment: &Environment) -> Vec<PathBuf> {
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

/// A file's content, with relative paths in it made relative to its own folder; nothing if there
/// is no such file.
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
        // The error's own text quotes the lines around the place, and those may hold a token.
        KubeconfigError::Parse(error) => match error.location() {
            Some(place) => format!(
                "it is not a kubeconfig (line {}, column {})",
                place.line(),
                place.column()
            ),
            None => "it is not a kubeconfig".to_owned(),
        },
        other => other.to_string(),
    };
    ConnectError::Unreadable {
        path: path.to_owned(),
        why: shortened(why, LONGEST),
    }
}
