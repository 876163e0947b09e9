//! Exec plugins: programs that print the user's credentials.

use serde_json::{Value, json};

use super::loopback::cluster::FakeCluster;

/// A user with an exec plugin that is not interactive, and with these fields in YAML's flow style.
fn user(fields: &str) -> String {
    let version = "client.authentication.k8s.io/v1";
    format!("exec: {{command: ../plugin, apiVersion: {version}, interactiveMode: Never, {fields}}}")
}

/// Writes a plugin that prints this status, and records each run and its input.
fn plugin(cluster: &FakeCluster, status: &str) {
    let credential = format!(
        r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {status}}}"#
    );
    cluster.sandbox.write("credential", &credential);
    let script = r#"echo "$NAME $*" >> "$HOME/runs"
echo "$KUBERNETES_EXEC_INFO" > "$HOME/info"
cat "$HOME/credential""#;
    cluster.sandbox.script("plugin", script);
}

#[tokio::test]
async fn a_token_or_a_certificate() {
    let cluster = FakeCluster::start().await;
    cluster.user(&user("args: []"));
    plugin(&cluster, r#"{"token": "secret"}"#);
    let arrived = cluster.both(&[]).await;
    assert_eq!(arrived.tls[0].header("authorization"), ["Bearer secret"]);
    // An expired token is used, too.
    plugin(
        &cluster,
        r#"{"token": "old", "expirationTimestamp": "2000-01-01T00:00:00Z"}"#,
    );
    let arrived = cluster.both(&[]).await;
    assert_eq!(arrived.tls[0].header("authorization"), ["Bearer old"]);
    let (certificate, key) = (&cluster.client.certificate, &cluster.client.key);
    let status = json!({"clientCertificateData": certificate, "clientKeyData": key});
    plugin(&cluster, &status.to_string());
    let arrived = cluster.both(&[]).await;
    assert_eq!(
        arrived.tls[0].certificate.as_deref(),
        Some(&*cluster.client.der())
    );
}

#[tokio::test]
async fn the_input_is_the_same_as_kubectls() {
    let cluster = FakeCluster::start().await;
    plugin(&cluster, r#"{"token": "secret"}"#);
    let extension = "{name: client.authentication.k8s.io/exec, extension: {audience: x}}";
    let fields = "args: [a, 'b c'], env: [{name: NAME, value: name}], provideClusterInfo: true";
    cluster.user_of(&format!("extensions: [{extension}]"), &user(fields));
    let mut inputs = Vec::new();
    for by_kubectl in [true, false] {
        if by_kubectl {
            assert!(cluster.sandbox.kubectl(&[]).await.status.success());
        } else {
            cluster.sandbox.connect(&[]).await.unwrap();
        }
        inputs.push(serde_json::from_str::<Value>(&cluster.sandbox.read("info")).unwrap());
    }
    assert_eq!(inputs[1]["spec"]["cluster"]["config"]["audience"], "x");
    assert_eq!(inputs[0], inputs[1]);
    assert_eq!(cluster.sandbox.read("runs"), "name a b c\nname a b c\n");
}

#[tokio::test]
async fn a_plugin_runs_once() {
    let cluster = FakeCluster::start().await;
    plugin(
        &cluster,
        r#"{"token": "secret", "expirationTimestamp": "2000-01-01T00:00:00Z"}"#,
    );
    cluster.user(&user("args: [once]"));
    let server = cluster.sandbox.connect(&[]).await.unwrap();
    for _ in 0..3 {
        server.get("/version").await.unwrap();
    }
    assert_eq!(cluster.sandbox.read("runs"), " once\n");
}

#[tokio::test]
async fn a_plugin_does_not_run_if_there_are_other_credentials() {
    let cluster = FakeCluster::start().await;
    plugin(&cluster, r#"{"token": "secret"}"#);
    let certificate = "client-certificate: ../client.crt, client-key: ../client.key";
    for other in ["token: other", "username: me, password: other", certificate] {
        cluster.user(&format!("{}, {other}", user("args: []")));
        assert_eq!(cluster.both(&[]).await.tls.len(), 1, "{other}");
    }
    assert!(!cluster.sandbox.exists("runs"));
}

#[tokio::test]
async fn failures() {
    let cluster = FakeCluster::start().await;
    cluster.user(&user("args: []"));
    for status in [
        "null",
        "{}",
        r#"{"token": ""}"#,
        r#"{"clientKeyData": "x"}"#,
    ] {
        plugin(&cluster, status);
        assert!(cluster.both(&[]).await.tls.is_empty(), "{status}");
    }
    for script in ["echo oops", "exit 3", "kill -9 $$"] {
        cluster.sandbox.script("plugin", script);
        assert!(cluster.both(&[]).await.tls.is_empty(), "{script}");
    }
    cluster.sandbox.remove("plugin");
    assert!(cluster.both(&[]).await.tls.is_empty());
}

/// Standard input is not a terminal here.
#[tokio::test]
async fn a_plugin_that_needs_a_terminal_fails_without_one() {
    let cluster = FakeCluster::start().await;
    plugin(&cluster, r#"{"token": "secret"}"#);
    cluster.user(&user("args: []").replace("Never", "Always"));
    assert!(cluster.both(&[]).await.tls.is_empty());
    cluster.user(&user("args: []").replace("Never", "IfAvailable"));
    assert_eq!(cluster.both(&[]).await.tls.len(), 1);
}

#[tokio::test]
async fn the_input_says_whether_there_is_a_terminal() {
    let mut cluster = FakeCluster::start().await;
    plugin(&cluster, r#"{"token": "secret"}"#);
    for (terminal, mode, interactive) in [
        (true, "IfAvailable", true),
        (true, "Always", true),
        (true, "Never", false),
        (false, "IfAvailable", false),
    ] {
        cluster.sandbox.terminal = terminal;
        cluster.user(&user("args: []").replace("Never", mode));
        cluster.sandbox.connect(&[]).await.unwrap();
        let input: Value = serde_json::from_str(&cluster.sandbox.read("info")).unwrap();
        assert_eq!(
            input["spec"]["interactive"], interactive,
            "{terminal} {mode}"
        );
    }
}

/// The clock is paused. It advances to the timeout as soon as there is nothing else to wait for.
#[tokio::test(start_paused = true)]
async fn a_plugin_that_hangs_is_stopped() {
    let cluster = FakeCluster::start().await;
    cluster.sandbox.script("plugin", "exec sleep 1000");
    cluster.user(&user("args: []"));
    let error = cluster
        .sandbox
        .connect(&[])
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.ends_with("did not finish within 60s"), "{error}");
}

#[tokio::test]
async fn a_plugin_that_floods_its_output_is_stopped() {
    let cluster = FakeCluster::start().await;
    cluster.user(&user("args: []"));
    for (script, name) in [("yes", "standard output"), ("yes >&2", "standard error")] {
        cluster.sandbox.script("plugin", script);
        let error = cluster
            .sandbox
            .connect(&[])
            .await
            .err()
            .unwrap()
            .to_string();
        let message = format!("printed more than 1 MiB to {name}");
        assert!(error.contains(&message), "{error}");
    }
}
