//! Messages about an exec plugin.

use super::super::loopback::sandbox::{Sandbox, kubeconfig};
use super::Messages;

fn user(mode: &str) -> String {
    let exec = "command: ../plugin, args: [s3cret], env: [{name: TOKEN, value: s3cret}]";
    let hint = "installHint: 'install it from https://example.test'";
    let version = "apiVersion: client.authentication.k8s.io/v1";
    format!("exec: {{{exec}, {hint}, {version}, interactiveMode: {mode}}}")
}

#[tokio::test]
async fn exec_plugins() {
    let mut messages = Messages::default();
    let sandbox = Sandbox::new();
    let cluster = "server: 'https://127.0.0.1:1'";
    sandbox.kubeconfig(&kubeconfig(cluster, "exec: {interactiveMode: Never}"));
    messages.add("no command", &sandbox, "").await;
    sandbox.kubeconfig(&kubeconfig(cluster, &user("Never")));
    messages
        .add("the command does not exist", &sandbox, "")
        .await;
    for (situation, script) in [
        (
            "it fails",
            "echo s3cret; printf 'log in first:\n  tool login\n' >&2; exit 3",
        ),
        ("it fails silently", "echo s3cret; exit 1"),
        ("it is killed", "kill -9 $$"),
        ("text", "echo 's3cret: ['"),
        ("no status", "echo '{}'"),
        ("an empty status", r#"echo '{"status": {}}'"#),
        (
            "half a certificate",
            r#"echo '{"status": {"clientKeyData": "s3cret"}}'"#,
        ),
        (
            "a token that cannot be sent",
            r#"printf %s '{"status": {"token": "s3cret\nx"}}'"#,
        ),
        (
            "not a certificate",
            r#"echo '{"status": {"clientKeyData": "s3cret", "clientCertificateData": "x"}}'"#,
        ),
    ] {
        sandbox.script("plugin", script);
        messages.add(situation, &sandbox, "").await;
    }
    sandbox.kubeconfig(&kubeconfig(cluster, &user("Always")));
    messages.add("it needs a terminal", &sandbox, "").await;
    messages.assert_snapshot("connect_exec_plugin");
}
