//! A kubeconfig's exec plugin: a program that says who the user is.
//!
//! kube runs it three times for one client, and prints its output when it fails; so it is run
//! here, once, as client-go does (plugin/pkg/client/auth/exec/exec.go). What it gives is used for
//! the life of this process and not renewed.

use std::process::{Output, Stdio};
use std::time::Duration;

use calico_core::text::shortened;
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::process::Command;

use super::environment::Environment;
use super::error::{ConnectError, LONGEST, reason};
use super::tls;

/// How long a plugin may take that cannot ask anybody anything.
const TIME_LIMIT: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct Spec {
    interactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<ExecAuthCluster>,
}

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Runs the plugin and takes over what it answers.
pub(super) async fn ask(
    exec: &ExecConfig,
    cluster: &Cluster,
    environment: &Environment,
    auth: &mut AuthInfo,
) -> Result<(), ConnectError> {
    let name = exec.command.as_deref().unwrap_or_default();
    let failed = |why: String| ConnectError::Plugin {
        command: name.to_owned(),
        why,
    };
    let output = run(exec, cluster, environment).await.map_err(failed)?;
    let credential: Credential = serde_yaml::from_slice(&output.stdout)
        .map_err(|_| failed("answered something that is not an ExecCredential".to_owned()))?;
    let status = credential
        .status
        .ok_or_else(|| failed("answered without a status".to_owned()))?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let token = some(status.token);
    match (
        some(status.client_certificate_data),
        some(status.client_key_data),
    ) {
        (Some(certificate), Some(key)) => tls::set_identity(auth, certificate, key),
        (None, None) if token.is_some() => {}
        (None, None) => {
            return Err(failed(
                "answered neither a token nor a certificate".to_owned(),
            ));
        }
        _ => return Err(failed("answered half of a certificate and key".to_owned())),
    }
    auth.token = token.map(SecretString::from);
    Ok(())
}

async fn run(
    exec: &ExecConfig,
    cluster: &Cluster,
    environment: &Environment,
) -> Result<Output, String> {
    let name = exec
        .command
        .as_deref()
        .filter(|command| !command.is_empty());
    let name = name.ok_or("has no command")?;
    let interactive = match exec.interactive_mode {
        Some(ExecInteractiveMode::Never) => false,
        Some(ExecInteractiveMode::Always) if !environment.terminal => {
            return Err("must ask a question, and standard input is not a terminal".to_owned());
        }
        _ => environment.terminal,
    };
    let mut command = Command::new(name);
    command
        .args(exec.args.iter().flatten())
        .env_clear()
        .envs(&environment.variables)
        .envs(
            exec.env
                .iter()
                .flatten()
                .filter_map(|pair| Some((pair.get("name")?, pair.get("value")?))),
        )
        .env("KUBERNETES_EXEC_INFO", info(exec, cluster, interactive)?)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    // What it says while it waits for a person must be seen at once.
    match interactive {
        true => command.stdin(Stdio::inherit()).stderr(Stdio::inherit()),
        false => command.stdin(Stdio::null()).stderr(Stdio::piped()),
    };
    let started = command.spawn().map_err(|error| {
        let hint = exec
            .install_hint
            .as_deref()
            .map(|hint| format!("; {}", shortened(hint.trim(), LONGEST)));
        format!(
            "cannot be run: {}{}",
            reason(&error),
            hint.unwrap_or_default()
        )
    })?;
    let ended = started.wait_with_output();
    let ended = match interactive {
        true => ended.await,
        false => tokio::time::timeout(TIME_LIMIT, ended)
            .await
            .map_err(|_| format!("did not end within {}s", TIME_LIMIT.as_secs()))?,
    };
    let output = ended.map_err(|error| format!("cannot be run: {}", reason(&error)))?;
    match output.status.success() {
        true => Ok(output),
        false => Err(format!(
            "failed ({}){}",
            output.status,
            last_words(&output.stderr)
        )),
    }
}

/// What the plugin is told, as an `ExecCredential` in its environment.
fn info(exec: &ExecConfig, cluster: &Cluster, interactive: bool) -> Result<String, String> {
    let cluster = match exec.provide_cluster_info {
        true => Some(ExecAuthCluster::try_from(cluster).map_err(|error| {
            format!(
                "cannot be told of the cluster: {}",
                shortened(error.to_string(), LONGEST)
            )
        })?),
        false => None,
    };
    let spec = Spec {
        interactive,
        cluster,
    };
    let info = json!({ "apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec });
    Ok(info.to_string())
}

/// The end of what was written to the error output: the reason stands there.
fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    match text
        .trim()
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
    {
        Some(line) => format!(": {}", shortened(line.trim(), LONGEST)),
        None => String::new(),
    }
}
