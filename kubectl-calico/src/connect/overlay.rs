//! The flags laid over what a kubeconfig says of one cluster and one user (client-go,
//! tools/clientcmd/client_config.go, `getCluster` and `getAuthInfo`).

use std::path::MAIN_SEPARATOR;

use kube::config::{AuthInfo, Cluster};
use secrecy::ExposeSecret as _;

use super::error::ConnectError;
use super::flags::Flags;
use super::target::Target;

pub(super) fn lay_over(target: &mut Target, flags: &Flags) -> Result<(), ConnectError> {
    cluster(&mut target.cluster, flags);
    user(&mut target.auth, flags);
    let auth = &target.auth;
    let groups = auth.impersonate_groups.iter().flatten();
    let extra = auth.impersonate_user_extra.iter().flatten();
    let acts = auth.impersonate_uid.is_some() || groups.count() + extra.count() > 0;
    match acts && auth.impersonate.is_none() {
        true => Err(ConnectError::ActsAsNobody),
        false => Ok(()),
    }
}

fn cluster(cluster: &mut Cluster, flags: &Flags) {
    // Another server is not expected to have the name of the kubeconfig's.
    if flags.server.is_some() || flags.tls_server_name.is_some() {
        cluster.tls_server_name.clone_from(&flags.tls_server_name);
    }
    if flags.insecure_skip_tls_verify || flags.certificate_authority.is_some() {
        cluster.insecure_skip_tls_verify = Some(flags.insecure_skip_tls_verify);
        cluster.certificate_authority = flags.certificate_authority.clone();
        cluster.certificate_authority_data = None;
    }
    lay(&mut cluster.server, &flags.server);
    lay(&mut cluster.proxy_url, &flags.proxy_url);
    if flags.disable_compression {
        cluster.disable_compression = Some(true);
    }
}

fn user(auth: &mut AuthInfo, flags: &Flags) {
    if let Some(token) = &flags.token {
        // Of the kubeconfig's ways in only a client certificate stays beside a token, as in
        // kubectl; which refuses a password beside it, and lets a token file go before it.
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
        auth.client_certificate = flags.client_certificate.clone();
        auth.client_certificate_data = None;
    }
    if flags.client_key.is_some() {
        auth.client_key = flags.client_key.clone();
        auth.client_key_data = None;
    }
    lay(&mut auth.impersonate, &flags.as_user);
    lay(&mut auth.impersonate_uid, &flags.as_uid);
    if !flags.as_group.is_empty() {
        auth.impersonate_groups = Some(flags.as_group.clone());
    }
}

fn lay(below: &mut Option<String>, above: &Option<String>) {
    if above.is_some() {
        below.clone_from(above);
    }
}

/// To client-go an empty value is none. kube has by now made an empty path into that of the
/// kubeconfig's folder, with a separator at its end.
pub(super) fn drop_empty(target: &mut Target) {
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
