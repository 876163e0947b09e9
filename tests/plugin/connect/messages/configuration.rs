//! What is said of kubeconfigs, flags and credentials, before anything is sent.

use super::super::loopback::world::{World, base64, kubeconfig};
use super::Said;

#[tokio::test]
async fn of_a_kubeconfig() {
    let mut said = Said::default();
    let mut world = World::new();
    said.when("no kubeconfig", &world, "").await;
    world.set("KUBECONFIG", &[world.path("a"), world.path("b")].join(":"));
    said.when("no file of $KUBECONFIG", &world, "").await;
    world.unset("KUBECONFIG");
    let home = world.path("").trim_end_matches('/').to_owned();
    world.unset("HOME");
    said.when("no home", &world, "").await;
    world.set("HOME", &home);
    let absent = format!("--kubeconfig={}", world.path("absent"));
    said.when("no file of --kubeconfig", &world, &absent).await;
    let folder = format!("--kubeconfig={}", world.path(""));
    said.when("a folder", &world, &folder).await;
    for (situation, content) in [
        (
            "no YAML",
            "users:\n- {name: u, user: {token: s3cret, token: s3cret",
        ),
        (
            "no kubeconfig in it",
            "users:\n- {name: u, user: {token: [s3cret]}}",
        ),
        ("nothing in it", "current-context: ''\ncontexts: []"),
        ("no current context", "contexts: [{name: a}, {name: b}]"),
        (
            "another current context",
            "current-context: c\ncontexts: [{name: a}, {name: \"\\e[2J\"}]",
        ),
        ("no contexts", "current-context: c"),
        (
            "a context of another cluster",
            "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]",
        ),
    ] {
        world.kubeconfig(content);
        said.when(situation, &world, "").await;
    }
    world.kubeconfig(&kubeconfig("", "token: s3cret"));
    said.when("a cluster without a server", &world, "").await;
    said.when("another --context", &world, "--context=x").await;
    said.when("another --cluster", &world, "--cluster=x").await;
    said.when("another --user", &world, "--user=x").await;
    said.compare("connect_kubeconfig");
}

#[tokio::test]
async fn of_flags() {
    let mut said = Said::default();
    let mut world = World::new();
    let text = world.write("text", "no certificate");
    let absent = world.path("absent");
    said.when(
        "a bad server",
        &world,
        "--server=https://me:s3cret@host:port",
    )
    .await;
    said.when(
        "no URL of a server",
        &world,
        "--server=unix:///run/api.sock",
    )
    .await;
    world.set("HTTPS_PROXY", "ftp://me:s3cret@proxy");
    said.when("a bad $HTTPS_PROXY", &world, "--server=https://10.0.0.1")
        .await;
    for (situation, flags) in [
        ("a bad proxy", "--proxy-url=ftp://me:s3cret@proxy"),
        ("groups without a user", "--as-group=g"),
        ("a name that cannot be sent", "--as=a\nb"),
        ("a token that cannot be sent", "--token=s3cret\nx"),
        ("no authority", &format!("--certificate-authority={absent}")),
        (
            "an empty authority",
            &format!("--certificate-authority={text}"),
        ),
        (
            "an idle authority",
            &format!("--certificate-authority={text} --insecure-skip-tls-verify"),
        ),
        (
            "no client certificate",
            &format!("--client-certificate={text} --client-key={text}"),
        ),
        ("no client key", &format!("--client-certificate={text}")),
        ("no name", "--tls-server-name=a..b"),
    ] {
        let flags = format!("--server=https://127.0.0.1:1 {flags}");
        said.when(situation, &world, &flags).await;
    }
    said.compare("connect_flags");
}

#[tokio::test]
async fn of_credentials() {
    let mut said = Said::default();
    let world = World::new();
    let key = base64("s3cret");
    for (situation, user) in [
        (
            "no base64",
            &*format!("client-certificate-data: '=', client-key-data: {key}"),
        ),
        (
            "no key",
            &format!("client-certificate-data: {key}, client-key-data: {key}"),
        ),
        ("no token file", "tokenFile: ../absent"),
        ("an empty token file", "tokenFile: /dev/null"),
        (
            "a token and a password",
            "token: s3cret, username: me, password: s3cret",
        ),
        (
            "a way in that is gone",
            "auth-provider: {name: gcp, config: {access-token: s3cret}}",
        ),
        (
            "a login that is over",
            "auth-provider: {name: oidc, config: {refresh-token: s3cret}}",
        ),
    ] {
        world.kubeconfig(&kubeconfig("server: 'https://127.0.0.1:1'", user));
        said.when(situation, &world, "").await;
    }
    said.compare("connect_credentials");
}
