//! Which cluster to connect to, and as which user, by the kubeconfig and the flags (client-go,
//! tools/clientcmd/client_config.go and merged_client_builder.go).

use kube::config::{AuthInfo, Cluster, Context};

use super::environment::Environment;
use super::error::ConnectError;
use super::flags::ConnectionFlags;
use super::identity::Identity;
use super::kubeconfig::MergedKubeconfig;
use super::{in_cluster, overrides};

/// One cluster and one user.
pub(super) struct Target {
    /// The cluster's name in the kubeconfig.
    pub(super) name: Option<String>,
    /// The name of the kubeconfig's context.
    pub(super) context: Option<String>,
    pub(super) cluster: Cluster,
    pub(super) user: AuthInfo,
    pub(super) identity: Identity,
}

impl Target {
    /// The cluster that the flags and the kubeconfig select, or else the cluster of the pod that this
    /// runs in. kubectl would fall back to localhost:8080, where API servers have not listened for
    /// years.
    pub(super) fn choose(
        flags: &ConnectionFlags,
        kubeconfig: MergedKubeconfig,
        environment: &Environment,
    ) -> Result<Self, ConnectError> {
        let mut target = Self::in_kubeconfig(flags, &kubeconfig)?;
        overrides::remove_empty(&mut target.cluster, &mut target.user);
        overrides::apply(flags, &mut target.cluster, &mut target.user)?;
        if target.cluster.server.is_some() {
            return Ok(target);
        }
        if let Some(context) = target.context {
            return Err(ConnectError::NoServer { context });
        }
        if let Some((mut cluster, mut user)) = in_cluster::cluster_and_user(environment) {
            overrides::apply(flags, &mut cluster, &mut user)?;
            return Ok(Self {
                name: None,
                context: None,
                cluster,
                user,
                identity: Identity::ServiceAccount,
            });
        }
        let known = kubeconfig.contexts();
        if known.is_empty() {
            let paths = kubeconfig.paths;
            Err(ConnectError::NothingConfigured { paths })
        } else {
            Err(ConnectError::NoContext { known })
        }
    }

    /// The cluster and user that the flags and the context name. Names in flags must exist. A context
    /// may name a user that does not exist, and requests are then anonymous. It may name a cluster
    /// that does not exist if `--server` replaces its address.
    fn in_kubeconfig(
        flags: &ConnectionFlags,
        kubeconfig: &MergedKubeconfig,
    ) -> Result<Self, ConnectError> {
        let (context_name, context) = context(flags, kubeconfig)?;
        let cluster_name = flags.cluster.as_ref().unwrap_or(&context.cluster);
        let cluster = kubeconfig
            .config
            .clusters
            .iter()
            .find(|entry| entry.name == *cluster_name);
        let is_needed =
            flags.cluster.is_some() || (context_name.is_some() && flags.server.is_none());
        if cluster.is_none() && is_needed {
            return Err(ConnectError::UnknownCluster {
                name: cluster_name.clone(),
                known: kubeconfig.clusters(),
            });
        }
        let user_name = flags.user.as_ref().or(context.user.as_ref());
        let user = kubeconfig
            .config
            .auth_infos
            .iter()
            .find(|entry| Some(&entry.name) == user_name);
        if let (Some(name), None) = (&flags.user, user) {
            return Err(ConnectError::UnknownUser {
                name: name.clone(),
                known: kubeconfig.users(),
            });
        }
        Ok(Self {
            identity: match user {
                Some(user) => Identity::User {
                    name: user.name.clone(),
                    context: context_name.clone(),
                },
                None => Identity::Anonymous,
            },
            name: cluster.map(|entry| entry.name.clone()),
            context: context_name,
            cluster: cluster
                .and_then(|entry| entry.cluster.clone())
                .unwrap_or_default(),
            user: user
                .and_then(|entry| entry.auth_info.clone())
                .unwrap_or_default(),
        })
    }
}

/// The context that a flag or the kubeconfig names, which must exist; an empty one if neither does.
fn context(
    flags: &ConnectionFlags,
    kubeconfig: &MergedKubeconfig,
) -> Result<(Option<String>, Context), ConnectError> {
    let config = &kubeconfig.config;
    let name = flags.context.as_ref().or(config.current_context.as_ref());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok((None, Context::default()));
    };
    let found = config.contexts.iter().find(|entry| entry.name == *name);
    let Some(found) = found else {
        return Err(ConnectError::UnknownContext {
            name: name.clone(),
            known: kubeconfig.contexts(),
        });
    };
    let context = found.context.clone().unwrap_or_default();
    Ok((Some(name.clone()), context))
}
