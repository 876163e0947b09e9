//! Which cluster and which user, by the kubeconfig and the flags (client-go,
//! tools/clientcmd/client_config.go and merged_client_builder.go).

use calico_core::text::quoted;
use kube::config::{AuthInfo, Cluster, Context, Kubeconfig};

use super::environment::Environment;
use super::error::ConnectError;
use super::flags::Flags;
use super::kubeconfig::Loaded;
use super::{in_cluster, overlay};

/// One cluster and one user.
pub(super) struct Target {
    /// The context's name.
    pub(super) context: Option<String>,
    /// The user, as messages call it.
    pub(super) user: Option<String>,
    pub(super) cluster: Cluster,
    pub(super) auth: AuthInfo,
}

impl Target {
    /// What the flags and the kubeconfig say, or else a pod's own service account. kubectl would
    /// then go to localhost:8080, where no API server has been for years.
    pub(super) fn choose(
        flags: &Flags,
        loaded: Loaded,
        environment: &Environment,
    ) -> Result<Self, ConnectError> {
        let mut target = Self::named(flags, &loaded.config)?;
        overlay::drop_empty(&mut target);
        overlay::lay_over(&mut target, flags)?;
        if target.cluster.server.is_some() {
            return Ok(target);
        }
        if let Some(context) = target.context {
            return Err(ConnectError::NoServer { context });
        }
        if let Some(mut target) = in_cluster::target(environment) {
            overlay::lay_over(&mut target, flags)?;
            return Ok(target);
        }
        let known = names(&loaded.config.contexts, |one| &one.name);
        Err(match known.is_empty() {
            true => ConnectError::NothingConfigured {
                places: loaded.places,
            },
            false => ConnectError::NoContext { known },
        })
    }

    /// What the flags and the context name. Names given by a flag must exist; a context may name
    /// a user that does not, and is anonymous then, or a cluster, if `--server` stands in for it.
    fn named(flags: &Flags, config: &Kubeconfig) -> Result<Self, ConnectError> {
        let (context_name, context) = context(flags, config)?;
        let name = flags.cluster.as_ref().unwrap_or(&context.cluster);
        let cluster = config.clusters.iter().find(|one| one.name == *name);
        let needed = flags.cluster.is_some() || (context_name.is_some() && flags.server.is_none());
        if cluster.is_none() && needed {
            return Err(ConnectError::UnknownCluster {
                name: name.clone(),
                known: names(&config.clusters, |one| &one.name),
            });
        }
        let name = flags.user.as_ref().or(context.user.as_ref());
        let user = config.auth_infos.iter().find(|one| Some(&one.name) == name);
        if let (Some(name), None) = (&flags.user, user) {
            return Err(ConnectError::UnknownUser {
                name: name.clone(),
                known: names(&config.auth_infos, |one| &one.name),
            });
        }
        let of_context = match &context_name {
            Some(name) => format!(" of context {}", quoted(name)),
            None => String::new(),
        };
        Ok(Self {
            context: context_name,
            user: user.map(|user| format!("user {}{of_context}", quoted(&user.name))),
            cluster: cluster
                .and_then(|one| one.cluster.clone())
                .unwrap_or_default(),
            auth: user
                .and_then(|one| one.auth_info.clone())
                .unwrap_or_default(),
        })
    }
}

/// The context that a flag or the kubeconfig names, which must exist; without a name, none.
fn context(flags: &Flags, config: &Kubeconfig) -> Result<(Option<String>, Context), ConnectError> {
    let name = flags.context.as_ref().or(config.current_context.as_ref());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok((None, Context::default()));
    };
    let found = config.contexts.iter().find(|one| one.name == *name);
    let found = found.ok_or_else(|| ConnectError::UnknownContext {
        name: name.clone(),
        known: names(&config.contexts, |one| &one.name),
    })?;
    Ok((
        Some(name.clone()),
        found.context.clone().unwrap_or_default(),
    ))
}

fn names<T>(all: &[T], name: impl Fn(&T) -> &String) -> Vec<String> {
    all.iter().map(|one| name(one).clone()).collect()
}
