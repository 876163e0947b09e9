//! Flags that override what a kubeconfig has for one cluster and one user (client-go,
//! tools/clientcmd/client_config.go, `getCluster` and `getAuthInfo`).

use std::path::MAIN_SEPARATOR;

use kube::config::{AuthInfo, Cluster};
use secrecy::ExposeSecret as _;

use super::error::ConnectError;
use super::flags::ConnectionFlags;

/// Overrides a cluster and a user with the given flags.
pub(super) fn apply(
    flags: &ConnectionFlags,
    cluster: &mut Cluster,
    user: &mut AuthInfo,
) -> Result<(), ConnectError> {
    apply_to_cluster(flags, cluster);
    apply_to_user(flags, user);
    let groups = user.impersonate_groups.iter().flatten().count();
    let extra = user.impersonate_user_extra.iter().flatten().count();
    let impersonates = user.impersonate_uid.is_some() || groups + extra > 0;
    if impersonates && user.impersonate.is_none() {
        return Err(ConnectError::ImpersonationWithoutUser);
    }
    Ok(())
}

fn apply_to_cluster(flags: &ConnectionFlags, cluster: &mut Cluster) {
    // A different server is not expected to have the server name in the kubeconfig.
    if flags.server.is_some() || flags.tls_server_name.is_some() {
        cluster.tls_server_name.clone_from(&flags.tls_server_name);
    }
    if flags.insecure_skip_tls_verify || flags.certificate_authority.is_some() {
        cluster.insecure_skip_tls_verify = Some(flags.insecure_skip_tls_verify);
        cluster.certificate_authority = flags.certificate_authority.clone();
        cluster.certificate_authority_data = None;
    }
    replace(&mut cluster.server, flags.server.as_ref());
    replace(&mut cluster.proxy_url, flags.proxy_url.as_ref());
    if flags.disable_compression {
        cluster.disable_compression = Some(true);
    }
}

fn apply_to_user(flags: &ConnectionFlags, user: &mut AuthInfo) {
    if let Some(token) = &flags.token {
        // Of the kubeconfig's credentials, only a client certificate is kept alongside a token, as
        // in kubectl. Unlike here, kubectl rejects a password alongside it, and prefers a token
        // file.
        *user = AuthInfo {
            token: Some(token.clone()),
            token_file: None,
            username: None,
            password: None,
            exec: None,
            auth_provider: None,
            ..std::mem::take(user)
        };
    }
    if flags.client_certificate.is_some() {
        user.client_certificate = flags.client_certificate.clone();
        user.client_certificate_data = None;
    }
    if flags.client_key.is_some() {
        user.client_key = flags.client_key.clone();
        user.client_key_data = None;
    }
    replace(&mut user.impersonate, flags.as_user.as_ref());
    replace(&mut user.impersonate_uid, flags.as_uid.as_ref());
    if !flags.as_group.is_empty() {
        user.impersonate_groups = Some(flags.as_group.clone());
    }
}

fn replace(value: &mut Option<String>, flag: Option<&String>) {
    if flag.is_some() {
        *value = flag.cloned();
    }
}

/// Removes empty values, which client-go treats as unset. kube has already turned an empty path into
/// the kubeconfig's directory, with a trailing separator.
pub(super) fn remove_empty(cluster: &mut Cluster, user: &mut AuthInfo) {
    for value in [
        &mut cluster.server,
        &mut cluster.certificate_authority_data,
        &mut cluster.proxy_url,
        &mut cluster.tls_server_name,
        &mut user.username,
        &mut user.client_certificate_data,
        &mut user.impersonate,
        &mut user.impersonate_uid,
    ] {
        value.take_if(|value| value.is_empty());
    }
    for path in [
        &mut cluster.certificate_authority,
        &mut user.token_file,
        &mut user.client_certificate,
        &mut user.client_key,
    ] {
        path.take_if(|path| path.is_empty() || path.ends_with(MAIN_SEPARATOR));
    }
    for secret in [
        &mut user.token,
        &mut user.password,
        &mut user.client_key_data,
    ] {
        secret.take_if(|secret| secret.expose_secret().is_empty());
    }
}
