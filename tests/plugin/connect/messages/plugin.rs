//! What is said of a kubeconfig's exec plugin.

use super::super::loopback::world::{World, kubeconfig};
use super::Said;

fn user(mode: &str) -> String {
    let exec = "command: ../plugin, args: [s3cret], env: [{name: TOKEN, value: s3cret}]";
    let hint = "installHint: 'install it from https://example.test'";
    let version = "apiVersion: client.authentication.k8s.io/v1";
    format!("exec: {{{exec}, {hint}, {version}, interactiveMode: {mode}}}")
}

#[tokio::test]
async fn of_an_exec_plugin() {
    let mut said = Said::default();
    let world = World::new();
    let cluster = "server: 'https://127.0.0.1:1'";
    world.kubeconfig(&kubeconfig(cluster, "exec: {interactiveMode: Never}"));
    said.when("it has no name", &world, "").await;
    world.kubeconfig(&kubeconfig(cluster, &user("Never")));
    said.when("it is not there", &world, "").await;
    for (situation, script) in [
        (
            "it fails",
            "echo s3cret; printf 'log in first:\n  tool login\n' >&2; exit 3",
        ),
        ("it fails silently", "echo s3cret; exit 1"),
        ("it is killed", "kill -9 $$"),
        ("it answers with text", "echo 's3cret: ['"),
        ("it answers without a status", "echo '{}'"),
        ("it answers with nothing", r#"echo '{"status": {}}'"#),
        (
            "it answers by half",
            r#"echo '{"status": {"clientKeyData": "s3cret"}}'"#,
        ),
        (
            "its token cannot be sent",
            r#"printf %s '{"status": {"token": "s3cret\nx"}}'"#,
        ),
        (
            "its certificate is none",
            r#"echo '{"status": {"clientKeyData": "s3cret", "clientCertificateData": "x"}}'"#,
        ),
    ] {
        world.script("plugin", script);
        said.when(situation, &world, "").await;
    }
    world.kubeconfig(&kubeconfig(cluster, &user("Always")));
    said.when("it must ask, and cannot", &world, "").await;
    said.compare("connect_exec_plugin");
}
