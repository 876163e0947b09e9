//! A kubeconfig's exec plugin: a program that says who the user is.
//!
//! kube runs it three times for one client, and prints its output when it fails; so it is run
//! here, once, as client-go does (plugin/pkg/client/auth/exec/exec.go). What it gives is used for
//! the life of this process and not renewed.

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

/// Runs the plugin and has the user be what it answers.
pub(super) async fn ask(
    exec: &ExecConfig,
    cluster: &Cluster,
    environment: &Environment,
    auth: &mut AuthInfo,
) -> Result<(), ConnectError> {
    let asked = async {
        let name = exec.command.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or("has no command")?;
        let interactive = can_ask(exec, environment)?;
        let spec = Spec {
            interactive,
            cluster: told_of(exec, cluster)?,
        };
        let command = command(name, exec, spec, environment);
        take_over(&run(exec, command, interactive).await?, auth)
    };
    asked.await.map_err(|why: String| ConnectError::Plugin {
        command: exec.command.clone().unwrap_or_default(),
        why,
    })
}

/// Whether the plugin may talk to a person.
fn can_ask(exec: &ExecConfig, environment: &Environment) -> Result<bool, String> {
    match (&exec.interactive_mode, environment.terminal) {
        (Some(ExecInteractiveMode::Never), _) => Ok(false),
        (Some(ExecInteractiveMode::Always), false) => {
            Err("must ask a question, and standard input is not a terminal".to_owned())
        }
        (_, terminal) => Ok(terminal),
    }
}

/// What a plugin that wants to know is told of the cluster.
fn told_of(exec: &ExecConfig, cluster: &Cluster) -> Result<Option<ExecAuthCluster>, String> {
    if !exec.provide_cluster_info {
        return Ok(None);
    }
    let told = ExecAuthCluster::try_from(cluster);
    told.map(Some).map_err(|error| {
        let why = shortened(error.to_string(), LONGEST);
        format!("cannot be told of the cluster: {why}")
    })
}

fn command(name: &str, exec: &ExecConfig, spec: Spec, environment: &Environment) -> Command {
    let pairs = exec.env.iter().flatten();
    let variables = pairs.filter_map(|pair| Some((pair.get("name")?, pair.get("value")?)));
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

/// What the plugin writes to its output. What it says while it waits for a person is seen at
/// once; else its last words are why it failed.
async fn run(
    exec: &ExecConfig,
    mut command: Command,
    interactive: bool,
) -> Result<Vec<u8>, String> {
    match interactive {
        true => command.stdin(Stdio::inherit()).stderr(Stdio::inherit()),
        false => command.stdin(Stdio::null()).stderr(Stdio::piped()),
    };
    let child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let ended = child
        .map_err(|error| format!("cannot be run: {}{}", reason(&error), hint(exec)))?
        .wait_with_output();
    let ended = match interactive {
        true => ended.await,
        false => tokio::time::timeout(TIME_LIMIT, ended)
            .await
            .map_err(|_| format!("did not end within {}s", TIME_LIMIT.as_secs()))?,
    };
    let output = ended.map_err(|error| format!("was lost: {}", reason(&error)))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let last_words = last_words(&output.stderr);
            Err(format!("failed ({}){last_words}", output.status))
        }
    }
}

fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    match text.trim().lines().next_back() {
        Some(line) => format!(": {}", shortened(line.trim(), LONGEST)),
        None => String::new(),
    }
}

fn hint(exec: &ExecConfig) -> String {
    match &exec.install_hint {
        Some(hint) => format!("; {}", shortened(hint.trim(), LONGEST)),
        None => String::new(),
    }
}

fn take_over(output: &[u8], auth: &mut AuthInfo) -> Result<(), String> {
    let credential: Credential = serde_yaml::from_slice(output)
        .map_err(|_| "answered something that is not an ExecCredential")?;
    let status = credential.status.ok_or("answered without a status")?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let certificate = some(status.client_certificate_data);
    let key = some(status.client_key_data);
    let token = some(status.token);
    match (certificate, key, &token) {
        (Some(certificate), Some(key), _) => tls::set_identity(auth, certificate, key),
        (None, None, Some(_)) => {}
        (None, None, None) => return Err("answered neither a token nor a certificate".to_owned()),
        _ => return Err("answered half of a certificate and key".to_owned()),
    }
    auth.token = token.map(SecretString::from);
    Ok(())
}
