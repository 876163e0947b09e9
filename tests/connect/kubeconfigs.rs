//! Which kubeconfigs are read, and what is taken from them.

use crate::cluster::Cluster;

#[tokio::test]
async fn lists_of_kubeconfigs() {
    let mut cluster = Cluster::start().await;
    let address = cluster.server.address;
    let world = &mut cluster.world;
    world.write("a/ca.crt", &cluster.authority.pem());
    let a = world.write("a/config", &format!("clusters: [{{name: c, cluster: {{server: 'https://{address}', certificate-authority: ca.crt}}}}]"));
    let b = world.write(
        "b/config",
        "contexts: [{name: here, context: {cluster: c, user: u}}]\ncurrent-context: here",
    );
    let users = |token: &str| {
        format!("users: [{{name: u, user: {{token: {token}}}}}]\ncurrent-context: elsewhere")
    };
    let (first, second) = (
        world.write("c/config", &users("first")),
        world.write("d/config", &users("second")),
    );
    let missing = world.path("missing");
    let list = |paths: &[&str]| paths.join(":");
    for (paths, token) in [
        (
            list(&[&missing, &a, "", &b, &first, &second]),
            "Bearer first",
        ),
        (list(&[&a, &b, &second, &first, &missing]), "Bearer second"),
    ] {
        cluster.world.set("KUBECONFIG", &paths);
        assert_eq!(
            cluster.both(&[]).await.tls[0].header("authorization"),
            [token]
        );
        cluster.world.unset("KUBECONFIG");
    }
    // The current context is that of the first file that has one.
    cluster.world.set("KUBECONFIG", &list(&[&first, &a, &b]));
    assert!(cluster.both(&[]).await.tls.is_empty());
    assert_eq!(cluster.both(&["--context=here"]).await.tls.len(), 1);
    // One file by name, and no other.
    assert!(
        cluster
            .both(&["--kubeconfig", &a, "--context=here"])
            .await
            .tls
            .is_empty()
    );
    assert!(
        cluster
            .both(&["--kubeconfig", &missing])
            .await
            .tls
            .is_empty()
    );
    cluster.world.write("broken", "clusters: [");
    let broken = list(&[&a, &b, &first, &cluster.world.path("broken")]);
    cluster.world.unset("KUBECONFIG");
    cluster.world.set("KUBECONFIG", &broken);
    assert!(cluster.both(&["--context=here"]).await.tls.is_empty());
}

#[tokio::test]
async fn contexts_clusters_and_users() {
    let cluster = Cluster::start().await;
    let address = cluster.server.address;
    let server = format!("--server=https://{address}");
    let authority = cluster.world.path("ca.crt");
    let authority = format!("--certificate-authority={authority}");
    cluster.world.kubeconfig(&format!(
        "current-context: here
contexts:
- {{name: here, context: {{cluster: c, user: u}}}}
- {{name: no-cluster, context: {{cluster: absent, user: u}}}}
- {{name: no-server, context: {{cluster: empty, user: u}}}}
- {{name: no-user, context: {{cluster: c, user: absent}}}}
clusters:
- {{name: c, cluster: {{server: 'https://{address}', certificate-authority: ../ca.crt, tls-server-name: ''}}}}
- {{name: other, cluster: {{server: 'https://{address}/k8s/clusters/c-1/?x=y', certificate-authority: ../ca.crt}}}}
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
        (&["--server=", "--context=here"], true),
        (&["--server=https://"], false),
    ] {
        let arrived = cluster.both(flags).await;
        assert_eq!(arrived.tls.len(), usize::from(works), "{flags:?}");
    }
    let arrived = cluster.both(&["--cluster=other"]).await;
    assert_eq!(arrived.tls[0].line, "GET /k8s/clusters/c-1/version");
}

#[tokio::test]
async fn compression() {
    let cluster = Cluster::start().await;
    cluster.user("token: t");
    assert_eq!(
        cluster.both(&[]).await.tls[0].header("accept-encoding"),
        ["gzip"]
    );
    let flag = ["--disable-compression"];
    assert_eq!(
        cluster.both(&flag).await.tls[0].header("accept-encoding"),
        [""; 0]
    );
}
