//! A kubeconfig's exec credential plugin: a program that prints the user's credentials.
//!
//! kube runs the plugin three times for one client, and prints its output when it fails. So it is run
//! here, once, as in client-go (plugin/pkg/client/auth/exec/exec.go). Its credentials are used until
//! this process ends, and not renewed.

use std::process::Stdio;
use std::time::Duration;

use calico_core::text::shortened;
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::process::Command;

use super::environment::Environment;
use super::error::{ConnectError, LONGEST, reason};
use super::plugin_output::{self, Output};
use super::tls;
use crate::credential;

/// The time limit of a plugin that cannot prompt. One that can prompt may take as long as the whole
/// run.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The `spec` of the ExecCredential that is passed to a plugin.
#[derive(Serialize)]
struct ExecSpec {
    interactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<ExecAuthCluster>,
}

/// The ExecCredential that a plugin returns.
#[derive(Deserialize)]
struct ExecCredential {
    status: Option<ExecStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecStatus {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Runs the plugin, and sets the user's credentials to those that it returns.
pub(super) async fn authenticate(
    exec: &ExecConfig,
    cluster: &Cluster,
    environment: &Environment,
    user: &mut AuthInfo,
) -> Result<(), ConnectError> {
    let name = exec.command.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err(ConnectError::unusable(
            "the user's exec credential plugin",
            "it has no command",
        ));
    }
    credentials(name, exec, cluster, environment)
        .await
        .and_then(|credentials| set_credentials(credentials, user))
        .map_err(|why| ConnectError::ExecPlugin {
            command: name.to_owned(),
            why,
        })
}

async fn credentials(
    name: &str,
    exec: &ExecConfig,
    cluster: &Cluster,
    environment: &Environment,
) -> Result<ExecStatus, String> {
    let interactive = may_prompt(exec, environment)?;
    let spec = ExecSpec {
        interactive,
        cluster: cluster_info(exec, cluster)?,
    };
    let command = command(name, exec, spec, environment);
    let output = run(exec, command, interactive).await?;
    let credential: ExecCredential =
        serde_yaml::from_slice(&output).map_err(|_| "did not return an ExecCredential")?;
    let status = credential.status.ok_or("returned no status")?;
    Ok(status)
}

/// Whether the plugin may prompt the user.
fn may_prompt(exec: &ExecConfig, environment: &Environment) -> Result<bool, String> {
    match (&exec.interactive_mode, environment.terminal) {
        (Some(ExecInteractiveMode::Never), _) => Ok(false),
        (Some(ExecInteractiveMode::Always), false) => {
            Err("needs to prompt, and standard input is not a terminal".to_owned())
        }
        (_, terminal) => Ok(terminal),
    }
}

/// The cluster, for a plugin that asks for it (`provideClusterInfo`).
fn cluster_info(exec: &ExecConfig, cluster: &Cluster) -> Result<Option<ExecAuthCluster>, String> {
    if !exec.provide_cluster_info {
        return Ok(None);
    }
    match ExecAuthCluster::try_from(cluster) {
        Ok(info) => Ok(Some(info)),
        Err(error) => {
            let why = shortened(error.to_string(), LONGEST);
            Err(format!("cannot be given the cluster information: {why}"))
        }
    }
}

fn command(name: &str, exec: &ExecConfig, spec: ExecSpec, environment: &Environment) -> Command {
    let variables = exec
        .env
        .iter()
        .flatten()
        .filter_map(|pair| Some((pair.get("name")?, pair.get("value")?)));
    let info = json!({ "apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec });
    let mut command = Command::new(name);
    command
        .args(exec.args.iter().flatten())
        .env_clear()
        .envs(&environment.variables)
        .envs(variables)
        .env("KUBERNETES_EXEC_INFO", info.to_string());
    command
}

/// The plugin's output. If it may prompt, its standard error goes to the terminal; otherwise its last
/// line says why the plugin failed.
async fn run(
    exec: &ExecConfig,
    mut command: Command,
    interactive: bool,
) -> Result<Vec<u8>, String> {
    if interactive {
        command.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
    }
    let child = plugin_output::spawn(&mut command)
        .map_err(|error| format!("cannot be run: {}{}", reason(&error), install_hint(exec)))?;
    let ended = plugin_output::wait(child);
    let output = if interactive {
        ended.await?
    } else {
        tokio::time::timeout(TIME_LIMIT, ended)
            .await
            .map_err(|_| format!("did not finish within {}s", TIME_LIMIT.as_secs()))??
    };
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failure(&output))
    }
}

fn failure(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    match text.trim().lines().next_back() {
        Some(line) if credential::may_hold_one(line) => format!(
            "failed ({}); the last line of its standard error is not shown, because it may contain a credential",
            output.status
        ),
        Some(line) => format!(
            "failed ({}): {}",
            output.status,
            shortened(line.trim(), LONGEST)
        ),
        None => format!("failed ({})", output.status),
    }
}

fn install_hint(exec: &ExecConfig) -> String {
    match &exec.install_hint {
        Some(hint) => format!("; {}", shortened(hint.trim(), LONGEST)),
        None => String::new(),
    }
}

fn set_credentials(status: ExecStatus, user: &mut AuthInfo) -> Result<(), String> {
    let token = non_empty(status.token);
    let certificate = non_empty(status.client_certificate_data);
    let key = non_empty(status.client_key_data);
    match (certificate, key) {
        (Some(certificate), Some(key)) => tls::set_client_certificate(user, certificate, key),
        (None, None) if token.is_some() => {}
        (None, None) => return Err("returned neither a token nor a certificate".to_owned()),
        (Some(_), None) => return Err("returned a certificate without a key".to_owned()),
        (None, Some(_)) => return Err("returned a key without a certificate".to_owned()),
    }
    user.token = token.map(SecretString::from);
    Ok(())
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
