//! The credentials that requests carry, from a kubeconfig's user: a token, a password or a certificate,
//! with nothing left to be read or run.

use std::fs;

use calico_core::text::quoted;
use http::HeaderValue;
use kube::config::{AuthInfo, AuthProviderConfig, Cluster};
use secrecy::{ExposeSecret as _, SecretString};

use super::environment::Environment;
use super::error::{ConnectError, reason};
use super::{exec_plugin, tls};

/// Reads a user's credentials. Over plain HTTP only the user to impersonate is sent, and no credentials
/// (client-go, tools/clientcmd/client_config.go, `ClientConfig`: "only try to read the auth information
/// if we are secure").
pub(super) async fn resolve(
    user: AuthInfo,
    cluster: &Cluster,
    encrypted: bool,
    environment: &Environment,
) -> Result<AuthInfo, ConnectError> {
    let impersonated = AuthInfo {
        impersonate: user.impersonate.clone(),
        impersonate_uid: user.impersonate_uid.clone(),
        impersonate_groups: user.impersonate_groups.clone(),
        impersonate_user_extra: user.impersonate_user_extra.clone(),
        ..AuthInfo::default()
    };
    check_impersonated(&impersonated)?;
    if !encrypted {
        return Ok(impersonated);
    }
    let mut resolved = AuthInfo {
        token: token(&user)?,
        username: user.username,
        password: user.password,
        client_certificate: user.client_certificate,
        client_certificate_data: user.client_certificate_data,
        client_key: user.client_key,
        client_key_data: user.client_key_data,
        ..impersonated
    };
    tls::load_client_certificate(&mut resolved)?;
    if resolved.token.is_some() && resolved.username.is_some() {
        return Err(ConnectError::unusable(
            "the user's credentials",
            "both a token and a password are set; remove one",
        ));
    }
    // A username alone has an empty password (client-go, transport/config.go).
    if resolved.username.is_some() && resolved.password.is_none() {
        resolved.password = Some(SecretString::from(""));
    }
    // A plugin is not run if there are already credentials (client-go,
    // plugin/pkg/client/auth/exec/exec.go, `UpdateTransportConfig`).
    if let Some(exec) = &user.exec
        && resolved.token.is_none()
        && resolved.username.is_none()
        && resolved.client_certificate_data.is_none()
    {
        exec_plugin::authenticate(exec, cluster, environment, &mut resolved).await?;
    }
    if let Some(token) = &resolved.token {
        check_header("the user's token", token.expose_secret())?;
    }
    Ok(resolved)
}

/// A token file takes precedence over a token, unless it cannot be read (client-go,
/// transport/round_trippers.go, `NewBearerAuthWithRefreshRoundTripper`).
fn token(user: &AuthInfo) -> Result<Option<SecretString>, ConnectError> {
    if let Some(file) = &user.token_file {
        let why = match fs::read_to_string(file) {
            Ok(text) if !text.trim().is_empty() => {
                return Ok(Some(SecretString::from(text.trim())));
            }
            Ok(_) => "it is empty".to_owned(),
            Err(error) => reason(&error),
        };
        if user.token.is_none() {
            return Err(ConnectError::unusable(
                format!("the token file {}", quoted(file)),
                why,
            ));
        }
    }
    match (&user.token, &user.auth_provider) {
        (None, Some(provider)) => token_of_provider(provider).map(Some),
        (token, _) => Ok(token.clone()),
    }
}

/// Of the auth-providers that were once built into kubectl, only `oidc` is left. Its token is used as
/// is, and not renewed.
fn token_of_provider(provider: &AuthProviderConfig) -> Result<SecretString, ConnectError> {
    let why = match (provider.name.as_str(), provider.config.get("id-token")) {
        ("oidc", Some(token)) => return Ok(SecretString::from(token.as_str())),
        ("oidc", None) => "it has no id-token; log in again",
        _ => "kubectl no longer supports it; use the provider's exec credential plugin",
    };
    let what = format!("the kubeconfig's auth-provider {}", quoted(&provider.name));
    Err(ConnectError::unusable(what, why))
}

fn check_impersonated(user: &AuthInfo) -> Result<(), ConnectError> {
    let groups = user.impersonate_groups.iter().flatten();
    let extra = user
        .impersonate_user_extra
        .iter()
        .flatten()
        .flat_map(|(_, values)| values);
    user.impersonate
        .iter()
        .chain(&user.impersonate_uid)
        .chain(groups)
        .chain(extra)
        .try_for_each(|name| check_header("the name to impersonate", name))
}

fn check_header(what: &str, value: &str) -> Result<(), ConnectError> {
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(ConnectError::unusable(
            what,
            "it contains a character that an HTTP header cannot carry, such as a line break",
        )),
    }
}
