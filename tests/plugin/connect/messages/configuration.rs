//! Messages about kubeconfigs, flags and credentials, before anything is sent.

use super::super::loopback::sandbox::{Sandbox, base64, kubeconfig};
use super::Messages;

#[tokio::test]
async fn kubeconfigs() {
    let mut messages = Messages::default();
    let mut sandbox = Sandbox::new();
    messages.add("no kubeconfig", &sandbox, "").await;
    sandbox.set(
        "KUBECONFIG",
        &[sandbox.path("a"), sandbox.path("b")].join(":"),
    );
    messages
        .add("no file in $KUBECONFIG exists", &sandbox, "")
        .await;
    sandbox.unset("KUBECONFIG");
    let home = sandbox.path("").trim_end_matches('/').to_owned();
    sandbox.unset("HOME");
    messages.add("no home directory", &sandbox, "").await;
    sandbox.set("HOME", &home);
    let absent = format!("--kubeconfig={}", sandbox.path("absent"));
    messages
        .add("the file in --kubeconfig does not exist", &sandbox, &absent)
        .await;
    let folder = format!("--kubeconfig={}", sandbox.path(""));
    messages.add("a directory", &sandbox, &folder).await;
    for (situation, content) in [
        (
            "not YAML",
            "users:\n- {name: u, user: {token: s3cret, token: s3cret",
        ),
        (
            "not a kubeconfig",
            "users:\n- {name: u, user: {token: [s3cret]}}",
        ),
        ("an empty kubeconfig", "current-context: ''\ncontexts: []"),
        ("no current context", "contexts: [{name: a}, {name: b}]"),
        (
            "the current context does not exist",
            "current-context: c\ncontexts: [{name: a}, {name: \"\\e[2J\"}]",
        ),
        ("no contexts", "current-context: c"),
        (
            "the cluster of the context does not exist",
            "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]",
        ),
    ] {
        sandbox.kubeconfig(content);
        messages.add(situation, &sandbox, "").await;
    }
    sandbox.kubeconfig(&kubeconfig("", "token: s3cret"));
    messages
        .add("a cluster without a server", &sandbox, "")
        .await;
    messages
        .add("--context does not exist", &sandbox, "--context=x")
        .await;
    messages
        .add("--cluster does not exist", &sandbox, "--cluster=x")
        .await;
    messages
        .add("--user does not exist", &sandbox, "--user=x")
        .await;
    messages.assert_snapshot("connect_kubeconfig");
}

#[tokio::test]
async fn flags() {
    let mut messages = Messages::default();
    let mut sandbox = Sandbox::new();
    let text = sandbox.write("text", "no certificate");
    let absent = sandbox.path("absent");
    messages
        .add(
            "an invalid server",
            &sandbox,
            "--server=https://me:s3cret@host:port",
        )
        .await;
    messages
        .add(
            "a server that is not HTTP",
            &sandbox,
            "--server=unix:///run/api.sock",
        )
        .await;
    sandbox.set("HTTPS_PROXY", "ftp://me:s3cret@proxy");
    messages
        .add(
            "an invalid $HTTPS_PROXY",
            &sandbox,
            "--server=https://10.0.0.1",
        )
        .await;
    for (situation, flags) in [
        ("an invalid proxy", "--proxy-url=ftp://me:s3cret@proxy"),
        ("groups without a user", "--as-group=g"),
        ("a name that cannot be sent", "--as=a\nb"),
        ("a token that cannot be sent", "--token=s3cret\nx"),
        (
            "the authority does not exist",
            &format!("--certificate-authority={absent}"),
        ),
        (
            "an authority without certificates",
            &format!("--certificate-authority={text}"),
        ),
        (
            "an authority that is not used",
            &format!("--certificate-authority={text} --insecure-skip-tls-verify"),
        ),
        (
            "not a client certificate",
            &format!("--client-certificate={text} --client-key={text}"),
        ),
        ("no client key", &format!("--client-certificate={text}")),
        ("an invalid server name", "--tls-server-name=a..b"),
    ] {
        let flags = format!("--server=https://127.0.0.1:1 {flags}");
        messages.add(situation, &sandbox, &flags).await;
    }
    messages.assert_snapshot("connect_flags");
}

#[tokio::test]
async fn credentials() {
    let mut messages = Messages::default();
    let sandbox = Sandbox::new();
    let key = base64("s3cret");
    for (situation, user) in [
        (
            "not base64",
            &*format!("client-certificate-data: '=', client-key-data: {key}"),
        ),
        (
            "not a key",
            &format!("client-certificate-data: {key}, client-key-data: {key}"),
        ),
        ("the token file does not exist", "tokenFile: ../absent"),
        ("an empty token file", "tokenFile: /dev/null"),
        (
            "a token and a password",
            "token: s3cret, username: me, password: s3cret",
        ),
        (
            "an authentication method that was removed",
            "auth-provider: {name: gcp, config: {access-token: s3cret}}",
        ),
        (
            "a login that has expired",
            "auth-provider: {name: oidc, config: {refresh-token: s3cret}}",
        ),
    ] {
        sandbox.kubeconfig(&kubeconfig("server: 'https://127.0.0.1:1'", user));
        messages.add(situation, &sandbox, "").await;
    }
    messages.assert_snapshot("connect_credentials");
}
