//! Which kubeconfigs are read, and how they are merged.

use super::loopback::cluster::FakeCluster;

/// Clusters, contexts and users in files of their own.
struct Files {
    clusters: String,
    context: String,
    first: String,
    second: String,
    missing: String,
}

impl Files {
    fn write(cluster: &FakeCluster) -> Self {
        let sandbox = &cluster.sandbox;
        sandbox.write("a/ca.crt", &cluster.authority.pem());
        let server = format!("https://{}", cluster.server.address);
        let clusters = format!(
            "clusters: [{{name: c, cluster: {{server: '{server}', certificate-authority: ca.crt}}}}]"
        );
        let context =
            "contexts: [{name: here, context: {cluster: c, user: u}}]\ncurrent-context: here";
        let user = |token| {
            format!("users: [{{name: u, user: {{token: {token}}}}}]\ncurrent-context: elsewhere")
        };
        Self {
            clusters: sandbox.write("a/config", &clusters),
            context: sandbox.write("b/config", context),
            first: sandbox.write("c/config", &user("first")),
            second: sandbox.write("d/config", &user("second")),
            missing: sandbox.path("missing"),
        }
    }
}

#[tokio::test]
async fn the_first_of_several_files_wins() {
    let mut cluster = FakeCluster::start().await;
    let Files {
        clusters,
        context,
        first,
        second,
        missing,
    } = &Files::write(&cluster);
    let unset = &cluster.sandbox.write("e/config", "current-context: ''");
    for (files, token) in [
        (
            [missing, clusters, "", context, first, second],
            "Bearer first",
        ),
        (
            // As after `kubectl config unset current-context`.
            [unset, clusters, "", context, first, second],
            "Bearer first",
        ),
        (
            [clusters, context, second, first, missing, clusters],
            "Bearer second",
        ),
    ] {
        cluster.sandbox.set("KUBECONFIG", &files.join(":"));
        let arrived = cluster.both(&[]).await;
        assert_eq!(arrived.tls[0].header("authorization"), [token]);
        cluster.sandbox.unset("KUBECONFIG");
    }
    // The first current context wins, too.
    cluster
        .sandbox
        .set("KUBECONFIG", &[&**first, clusters, context].join(":"));
    assert!(cluster.both(&[]).await.tls.is_empty());
    assert_eq!(cluster.both(&["--context=here"]).await.tls.len(), 1);
}

#[tokio::test]
async fn the_flag_precedes_the_variable() {
    let mut cluster = FakeCluster::start().await;
    let Files {
        clusters,
        context,
        first,
        missing,
        ..
    } = &Files::write(&cluster);
    cluster.user("token: t");
    let home = cluster.sandbox.path(".kube/config");
    cluster
        .sandbox
        .set("KUBECONFIG", &[&**clusters, context, first].join(":"));
    assert_eq!(cluster.both(&["--kubeconfig", &home]).await.tls.len(), 1);
    assert!(
        cluster
            .both(&["--kubeconfig", clusters, "--context=here"])
            .await
            .tls
            .is_empty()
    );
    assert!(
        cluster
            .both(&["--kubeconfig", missing])
            .await
            .tls
            .is_empty()
    );
}

#[tokio::test]
async fn an_invalid_file_is_not_skipped() {
    let mut cluster = FakeCluster::start().await;
    let Files {
        clusters,
        context,
        first,
        ..
    } = &Files::write(&cluster);
    let broken = cluster.sandbox.write("broken", "clusters: [");
    let folder = cluster.sandbox.path("a");
    for bad in [broken, folder] {
        cluster
            .sandbox
            .set("KUBECONFIG", &[&**clusters, context, first, &bad].join(":"));
        assert!(
            cluster.both(&["--context=here"]).await.tls.is_empty(),
            "{bad}"
        );
        cluster.sandbox.unset("KUBECONFIG");
    }
}

#[tokio::test]
async fn contexts_clusters_and_users() {
    let cluster = FakeCluster::start().await;
    let url = format!("https://{}", cluster.server.address);
    let server = format!("--server={url}");
    let authority = format!("--certificate-authority={}", cluster.sandbox.path("ca.crt"));
    cluster.sandbox.kubeconfig(&format!(
        "current-context: here
contexts:
- {{name: here, context: {{cluster: c, user: u}}}}
- {{name: no-cluster, context: {{cluster: absent, user: u}}}}
- {{name: no-server, context: {{cluster: empty, user: u}}}}
- {{name: no-user, context: {{cluster: c, user: absent}}}}
clusters:
- {{name: c, cluster: {{server: '{url}', certificate-authority: ../ca.crt, tls-server-name: ''}}}}
- {{name: other, cluster: {{server: '{url}/k8s/clusters/c-1/?x=y', certificate-authority: ../ca.crt}}}}
- {{name: empty, cluster: {{}}}}
users:
- {{name: u, user: {{token: t}}}}
- {{name: other, user: {{token: other, client-certificate: '', client-key-data: ''}}}}
"
    ));
    for (flags, works) in [
        (&[][..], true),
        (&["--user=other"], true),
        (&["--user=absent"], false),
        (&["--cluster=other"], true),
        (&["--cluster=absent"], false),
        (&["--context=absent"], false),
        (&["--context=no-cluster"], false),
        (&["--context=no-server"], false),
        (&["--context=no-cluster", "--cluster=c"], true),
        (&["--context=no-user", "--token=x"], true),
        (&["--context=no-server", &server, &authority], true),
        (&["--context=no-cluster", &server, &authority], true),
        (
            &["--kubeconfig=/dev/null", &server, &authority, "--token=x"],
            true,
        ),
        (&["--kubeconfig=/dev/null"], false),
        (&["--context=", "--server=", "--token="], true),
        (&["--server=https://"], false),
        (&["--server=https://[::1"], false),
    ] {
        let arrived = cluster.both(flags).await;
        assert_eq!(arrived.tls.len(), usize::from(works), "{flags:?}");
    }
}

#[tokio::test]
async fn a_server_url_with_a_path() {
    let cluster = FakeCluster::start().await;
    cluster.user("token: t");
    let server = format!(
        "--server=https://{}/k8s/clusters/c-1/?x=y",
        cluster.server.address
    );
    let arrived = cluster.both(&[&server]).await;
    assert_eq!(arrived.tls[0].line, "GET /k8s/clusters/c-1/version");
    let server = cluster.sandbox.connect(&[&server]).await.unwrap();
    assert_eq!(
        server.url(),
        format!("https://{}/k8s/clusters/c-1", cluster.server.address)
    );
}

#[tokio::test]
async fn compression() {
    let cluster = FakeCluster::start().await;
    cluster.user("token: t");
    let arrived = cluster.both(&[]).await;
    assert_eq!(arrived.tls[0].header("accept-encoding"), ["gzip"]);
    let arrived = cluster.both(&["--disable-compression"]).await;
    assert_eq!(arrived.tls[0].header("accept-encoding"), [""; 0]);
    cluster.user_of("disable-compression: true", "token: t");
    let arrived = cluster.both(&[]).await;
    assert_eq!(arrived.tls[0].header("accept-encoding"), [""; 0]);
}
