//! From what a kubeconfig says of a user to what is sent: by now a token, a password or a
//! certificate, and nothing that has to be read or run again.

use std::fs;

use calico_core::text::quoted;
use http::HeaderValue;
use kube::config::{AuthInfo, AuthProviderConfig, Cluster};
use secrecy::{ExposeSecret as _, SecretString};

use super::environment::Environment;
use super::error::{ConnectError, reason};
use super::{plugin, tls};

/// What a user is known by. Over plain http only whom to act as is sent, and no credential
/// (client-go, tools/clientcmd/client_config.go, `ClientConfig`: "only try to read the auth
/// information if we are secure").
pub(super) async fn settle(
    auth: AuthInfo,
    cluster: &Cluster,
    secure: bool,
    environment: &Environment,
) -> Result<AuthInfo, ConnectError> {
    let acts = AuthInfo {
        impersonate: auth.impersonate.clone(),
        impersonate_uid: auth.impersonate_uid.clone(),
        impersonate_groups: auth.impersonate_groups.clone(),
        impersonate_user_extra: auth.impersonate_user_extra.clone(),
        ..AuthInfo::default()
    };
    check_names(&acts)?;
    if !secure {
        return Ok(acts);
    }
    let mut settled = AuthInfo {
        token: token(&auth)?,
        username: auth.username,
        password: auth.password,
        client_certificate: auth.client_certificate,
        client_certificate_data: auth.client_certificate_data,
        client_key: auth.client_key,
        client_key_data: auth.client_key_data,
        ..acts
    };
    tls::load_identity(&mut settled)?;
    if settled.token.is_some() && settled.username.is_some() {
        return Err(unusable(
            "the user's credentials",
            "there are both a token and a password: take one away",
        ));
    }
    // A user name alone is a name with an empty password (client-go, transport/config.go).
    if settled.username.is_some() && settled.password.is_none() {
        settled.password = Some(SecretString::from(""));
    }
    let known = settled.token.is_some()
        || settled.username.is_some()
        || settled.client_certificate_data.is_some();
    // A plugin is not asked for what is there already (client-go,
    // plugin/pkg/client/auth/exec/exec.go, `UpdateTransportConfig`).
    if let (Some(exec), false) = (&auth.exec, known) {
        plugin::ask(exec, cluster, environment, &mut settled).await?;
    }
    if let Some(token) = &settled.token {
        check_header("the user's token", token.expose_secret())?;
    }
    Ok(settled)
}

/// The token of a file goes before one that is written out, unless it cannot be read (client-go,
/// transport/round_trippers.go, `NewBearerAuthWithRefreshRoundTripper`).
fn token(auth: &AuthInfo) -> Result<Option<SecretString>, ConnectError> {
    if let Some(file) = &auth.token_file {
        let why = match fs::read_to_string(file) {
            Ok(text) if !text.trim().is_empty() => {
                return Ok(Some(SecretString::from(text.trim())));
            }
            Ok(_) => "it is empty".to_owned(),
            Err(error) => reason(&error),
        };
        if auth.token.is_none() {
            return Err(unusable(format!("the token file {}", quoted(file)), why));
        }
    }
    match (&auth.token, &auth.auth_provider) {
        (None, Some(provider)) => from_provider(provider).map(Some),
        (token, _) => Ok(token.clone()),
    }
}

/// Of the ways in that were once built into kubectl only `oidc` is left; its token is used as it
/// is, and not renewed.
fn from_provider(provider: &AuthProviderConfig) -> Result<SecretString, ConnectError> {
    let what = || format!("the kubeconfig's auth-provider {}", quoted(&provider.name));
    match (provider.name.as_str(), provider.config.get("id-token")) {
        ("oidc", Some(token)) => Ok(SecretString::from(token.as_str())),
        ("oidc", None) => Err(unusable(what(), "it holds no id-token: log in again")),
        _ => Err(unusable(
            what(),
            "kubectl no longer knows it: use the provider's exec plugin",
        )),
    }
}

fn check_names(acts: &AuthInfo) -> Result<(), ConnectError> {
    let groups = acts.impersonate_groups.iter().flatten();
    let extra = acts
        .impersonate_user_extra
        .iter()
        .flatten()
        .flat_map(|(_, values)| values);
    let names = acts.impersonate.iter().chain(&acts.impersonate_uid);
    for name in names.chain(groups).chain(extra) {
        check_header("the name to act as", name)?;
    }
    Ok(())
}

fn check_header(what: &str, value: &str) -> Result<(), ConnectError> {
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(unusable(
            what,
            "it holds a character that cannot be sent, such as a line end",
        )),
    }
}

fn unusable(what: impl Into<String>, why: impl Into<String>) -> ConnectError {
    ConnectError::Credential {
        what: what.into(),
        why: why.into(),
    }
}
