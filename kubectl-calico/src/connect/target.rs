//! Which cluster and which user: the kubeconfig with the flags laid over it, as client-go does
//! (tools/clientcmd/client_config.go, `getContext`, `getCluster`, `getAuthInfo`).

use std::path::MAIN_SEPARATOR;

use kube::config::{AuthInfo, Cluster, Context, Kubeconfig};
use secrecy::ExposeSecret as _;

use super::environment::Environment;
use super::error::ConnectError;
use super::flags::Flags;
use super::in_cluster;
use super::kubeconfig::Loaded;

/// One cluster, one user, and what they are called.
pub(super) struct Target {
    pub(super) context: Option<String>,
    pub(super) user: Option<String>,
    pub(super) cluster: Cluster,
    pub(super) auth: AuthInfo,
}

impl Target {
    pub(super) fn choose(
        flags: &Flags,
        loaded: Loaded,
        environment: &Environment,
    ) -> Result<Self, ConnectError> {
        let mut target = Self::named(flags, &loaded.config)?;
        drop_empty(&mut target);
        target.lay_over(flags)?;
        if target.cluster.server.is_some() {
            return Ok(target);
        }
        if let Some(name) = target.context {
            return Err(ConnectError::NoServer { context: name });
        }
        let mut target =
            in_cluster::target(environment).ok_or(ConnectError::NothingConfigured {
                places: loaded.places,
            })?;
        target.lay_over(flags)?;
        Ok(target)
    }

    /// What the flags and the context name. Names given by a flag must exist; a context may name
    /// a user that does not, and is anonymous then.
    fn named(flags: &Flags, config: &Kubeconfig) -> Result<Self, ConnectError> {
        let (name, context) = context(flags, config)?;
        let cluster = flags.cluster.as_ref().unwrap_or(&context.cluster);
        let found = config.clusters.iter().find(|one| one.name == *cluster);
        if found.is_none()
            && (flags.cluster.is_some() || (name.is_some() && flags.server.is_none()))
        {
            return Err(ConnectError::UnknownCluster {
                name: cluster.clone(),
                known: config.clusters.iter().map(|one| one.name.clone()).collect(),
            });
        }
        let user = flags.user.as_ref().or(context.user.as_ref());
        let identity = user.and_then(|user| config.auth_infos.iter().find(|one| one.name == *user));
        if let (Some(name), None) = (&flags.user, identity) {
            return Err(ConnectError::UnknownUser {
                name: name.clone(),
                known: config
                    .auth_infos
                    .iter()
                    .map(|one| one.name.clone())
                    .collect(),
            });
        }
        Ok(Self {
            context: name,
            user: user.filter(|user| !user.is_empty()).cloned(),
            cluster: found
                .and_then(|one| one.cluster.clone())
                .unwrap_or_default(),
            auth: identity
                .and_then(|one| one.auth_info.clone())
                .unwrap_or_default(),
        })
    }

    fn lay_over(&mut self, flags: &Flags) -> Result<(), ConnectError> {
        let cluster = &mut self.cluster;
        // Another server is not expected to bear the name that the kubeconfig's one has.
        if flags.server.is_some() || flags.tls_server_name.is_some() {
            cluster.tls_server_name.clone_from(&flags.tls_server_name);
        }
        lay(&mut cluster.server, &flags.server);
        if flags.insecure_skip_tls_verify || flags.certificate_authority.is_some() {
            cluster.insecure_skip_tls_verify = Some(flags.insecure_skip_tls_verify);
            cluster
                .certificate_authority
                .clone_from(&flags.certificate_authority);
            cluster.certificate_authority_data = None;
        }
        lay(&mut cluster.proxy_url, &flags.proxy_url);
        if flags.disable_compression {
            cluster.disable_compression = Some(true);
        }

        let auth = &mut self.auth;
        if let Some(token) = &flags.token {
            // Of the kubeconfig's ways in, only a client certificate stays beside a token.
            *auth = AuthInfo {
                token: Some(token.clone()),
                token_file: None,
                username: None,
                password: None,
                exec: None,
                auth_provider: None,
                ..std::mem::take(auth)
            };
        }
        if flags.client_certificate.is_some() {
            auth.client_certificate
                .clone_from(&flags.client_certificate);
            auth.client_certificate_data = None;
        }
        if flags.client_key.is_some() {
            auth.client_key.clone_from(&flags.client_key);
            auth.client_key_data = None;
        }
        lay(&mut auth.impersonate, &flags.as_user);
        lay(&mut auth.impersonate_uid, &flags.as_uid);
        if !flags.as_group.is_empty() {
            auth.impersonate_groups = Some(flags.as_group.clone());
        }
        let acts = auth.impersonate_uid.is_some()
            || auth
                .impersonate_groups
                .as_ref()
                .is_some_and(|groups| !groups.is_empty())
            || auth
                .impersonate_user_extra
                .as_ref()
                .is_some_and(|extra| !extra.is_empty());
        if acts && auth.impersonate.is_none() {
            return Err(ConnectError::ActsAsNobody);
        }
        Ok(())
    }
}

/// The context that a flag or the kubeconfig names, which must exist; without a name, none.
fn context(flags: &Flags, config: &Kubeconfig) -> Result<(Option<String>, Context), ConnectError> {
    let current = config.current_context.as_ref();
    let Some(name) = flags
        .context
        .as_ref()
        .or(current)
        .filter(|name| !name.is_empty())
    else {
        return Ok((None, Context::default()));
    };
    let found = config.contexts.iter().find(|one| one.name == *name);
    let found = found.ok_or_else(|| ConnectError::UnknownContext {
        name: name.clone(),
        known: config.contexts.iter().map(|one| one.name.clone()).collect(),
    })?;
    Ok((
        Some(name.clone()),
        found.context.clone().unwrap_or_default(),
    ))
}

fn lay(below: &mut Option<String>, above: &Option<String>) {
    if above.is_some() {
        below.clone_from(above);
    }
}

/// To client-go an empty value is none. kube has by now made an empty path into that of the
/// kubeconfig's folder, with a separator at its end.
fn drop_empty(target: &mut Target) {
    let (cluster, auth) = (&mut target.cluster, &mut target.auth);
    for value in [
        &mut cluster.server,
        &mut cluster.certificate_authority_data,
        &mut cluster.proxy_url,
        &mut cluster.tls_server_name,
        &mut auth.username,
        &mut auth.client_certificate_data,
        &mut auth.impersonate,
        &mut auth.impersonate_uid,
    ] {
        value.take_if(|value| value.is_empty());
    }
    for path in [
        &mut cluster.certificate_authority,
        &mut auth.token_file,
        &mut auth.client_certificate,
        &mut auth.client_key,
    ] {
        path.take_if(|path| path.is_empty() || path.ends_with(MAIN_SEPARATOR));
    }
    for secret in [
        &mut auth.token,
        &mut auth.password,
        &mut auth.client_key_data,
    ] {
        secret.take_if(|secret| secret.expose_secret().is_empty());
    }
}
