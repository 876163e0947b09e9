//! Impersonation.

use super::loopback::cluster::{Arrived, FakeCluster};

#[tokio::test]
async fn impersonation() {
    let cluster = FakeCluster::start().await;
    let sent = |arrived: &Arrived, name: &str| arrived.tls[0].header(name).join(" ");
    cluster.user("token: secret");
    let arrived = cluster
        .both(&["--as=jane", "--as-group=a", "--as-group=b,c", "--as-uid=7"])
        .await;
    assert_eq!(sent(&arrived, "impersonate-user"), "jane");
    assert_eq!(sent(&arrived, "impersonate-group"), "a b,c");
    assert_eq!(sent(&arrived, "impersonate-uid"), "7");
    for flags in [["--as-group=a"], ["--as-uid=7"]] {
        assert!(cluster.both(&flags).await.tls.is_empty());
    }
    cluster.user("token: secret, as: joe, as-uid: '3', as-groups: [x], as-user-extra: {scopes: [view], a/b: [c]}");
    let arrived = cluster.both(&[]).await;
    assert_eq!(sent(&arrived, "impersonate-extra-a%2fb"), "c");
    let arrived = cluster.both(&["--as=jane", "--as-group=y"]).await;
    assert_eq!(sent(&arrived, "impersonate-group"), "y");
    assert_eq!(sent(&arrived, "impersonate-uid"), "3");
}
