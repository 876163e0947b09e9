//! Programs that say who the user is.

use serde_json::{Value, json};

use super::loopback::cluster::Cluster;

/// A user whose plugin cannot ask anybody anything, and more of it in YAML's flow style.
fn user(more: &str) -> String {
    let version = "client.authentication.k8s.io/v1";
    format!("exec: {{command: ../plugin, apiVersion: {version}, interactiveMode: Never, {more}}}")
}

/// A plugin that answers with this status, and writes down each run and what it was told.
fn answers(cluster: &Cluster, status: &str) {
    let answer = format!(
        r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {status}}}"#
    );
    cluster.world.write("answer", &answer);
    let script = r#"echo "$NAME $*" >> "$HOME/runs"
echo "$KUBERNETES_EXEC_INFO" > "$HOME/info"
cat "$HOME/answer""#;
    cluster.world.script("plugin", script);
}

#[tokio::test]
async fn a_token_or_a_certificate() {
    let cluster = Cluster::start().await;
    cluster.user(&user("args: []"));
    answers(&cluster, r#"{"token": "secret"}"#);
    let arrived = cluster.both(&[]).await;
    assert_eq!(arrived.tls[0].header("authorization"), ["Bearer secret"]);
    // Expired or not, it is what there is.
    answers(
        &cluster,
        r#"{"token": "old", "expirationTimestamp": "2000-01-01T00:00:00Z"}"#,
    );
    let arrived = cluster.both(&[]).await;
    assert_eq!(arrived.tls[0].header("authorization"), ["Bearer old"]);
    let (certificate, key) = (&cluster.client.certificate, &cluster.client.key);
    let status = json!({"clientCertificateData": certificate, "clientKeyData": key});
    answers(&cluster, &status.to_string());
    let arrived = cluster.both(&[]).await;
    assert_eq!(
        arrived.tls[0].certificate.as_deref(),
        Some(&*cluster.client.der())
    );
}

#[tokio::test]
async fn it_is_told_what_kubectl_tells_it() {
    let cluster = Cluster::start().await;
    answers(&cluster, r#"{"token": "secret"}"#);
    let extension = "{name: client.authentication.k8s.io/exec, extension: {audience: x}}";
    let more = "args: [a, 'b c'], env: [{name: NAME, value: name}], provideClusterInfo: true";
    cluster.user_of(&format!("extensions: [{extension}]"), &user(more));
    let mut told = Vec::new();
    for ours in [false, true] {
        if ours {
            cluster.world.connect(&[]).await.unwrap();
        } else {
            assert!(cluster.world.kubectl(&[]).await.status.success());
        }
        told.push(serde_json::from_str::<Value>(&cluster.world.read("info")).unwrap());
    }
    assert_eq!(told[1]["spec"]["cluster"]["config"]["audience"], "x");
    assert_eq!(told[0], told[1]);
    assert_eq!(cluster.world.read("runs"), "name a b c\nname a b c\n");
}

#[tokio::test]
async fn it_runs_once() {
    let cluster = Cluster::start().await;
    answers(
        &cluster,
        r#"{"token": "secret", "expirationTimestamp": "2000-01-01T00:00:00Z"}"#,
    );
    cluster.user(&user("args: [once]"));
    let server = cluster.world.connect(&[]).await.unwrap();
    for _ in 0..3 {
        server.get("/version").await.unwrap();
    }
    assert_eq!(cluster.world.read("runs"), " once\n");
}

#[tokio::test]
async fn it_does_not_run_where_there_are_credentials() {
    let cluster = Cluster::start().await;
    answers(&cluster, r#"{"token": "secret"}"#);
    let certificate = "client-certificate: ../client.crt, client-key: ../client.key";
    for other in ["token: other", "username: me, password: other", certificate] {
        cluster.user(&format!("{}, {other}", user("args: []")));
        assert_eq!(cluster.both(&[]).await.tls.len(), 1, "{other}");
    }
    assert!(!cluster.world.exists("runs"));
}

#[tokio::test]
async fn it_fails() {
    let cluster = Cluster::start().await;
    cluster.user(&user("args: []"));
    for status in [
        "null",
        "{}",
        r#"{"token": ""}"#,
        r#"{"clientKeyData": "x"}"#,
    ] {
        answers(&cluster, status);
        assert!(cluster.both(&[]).await.tls.is_empty(), "{status}");
    }
    for script in ["echo oops", "exit 3", "kill -9 $$"] {
        cluster.world.script("plugin", script);
        assert!(cluster.both(&[]).await.tls.is_empty(), "{script}");
    }
    cluster.world.remove("plugin");
    assert!(cluster.both(&[]).await.tls.is_empty());
}

/// Standard input is no terminal here, so nobody can answer.
#[tokio::test]
async fn it_cannot_ask() {
    let cluster = Cluster::start().await;
    answers(&cluster, r#"{"token": "secret"}"#);
    cluster.user(&user("args: []").replace("Never", "Always"));
    assert!(cluster.both(&[]).await.tls.is_empty());
    cluster.user(&user("args: []").replace("Never", "IfAvailable"));
    assert_eq!(cluster.both(&[]).await.tls.len(), 1);
}

#[tokio::test]
async fn it_is_told_whether_it_can_ask() {
    let mut cluster = Cluster::start().await;
    answers(&cluster, r#"{"token": "secret"}"#);
    for (terminal, mode, interactive) in [
        (true, "IfAvailable", true),
        (true, "Always", true),
        (true, "Never", false),
        (false, "IfAvailable", false),
    ] {
        cluster.world.terminal = terminal;
        cluster.user(&user("args: []").replace("Never", mode));
        cluster.world.connect(&[]).await.unwrap();
        let told: Value = serde_json::from_str(&cluster.world.read("info")).unwrap();
        assert_eq!(
            told["spec"]["interactive"], interactive,
            "{terminal} {mode}"
        );
    }
}

/// The clock is stopped, and goes on to the time limit once there is nothing else to wait for.
#[tokio::test(start_paused = true)]
async fn it_does_not_hang() {
    let cluster = Cluster::start().await;
    cluster.world.script("plugin", "exec sleep 1000");
    cluster.user(&user("args: []"));
    let error = cluster.world.connect(&[]).await.err().unwrap().to_string();
    assert!(error.ends_with("did not finish within 60s"), "{error}");
}
