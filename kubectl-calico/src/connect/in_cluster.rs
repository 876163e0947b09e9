//! The API server as a pod finds it (client-go, rest/config.go, `InClusterConfig`).

use std::path::Path;

use kube::config::{AuthInfo, Cluster};

use super::environment::Environment;

/// The pod's own cluster, and its service account; `None` outside a pod.
pub(super) fn cluster_and_user(environment: &Environment) -> Option<(Cluster, AuthInfo)> {
    let host = environment.text("KUBERNETES_SERVICE_HOST")?;
    let port = environment.text("KUBERNETES_SERVICE_PORT")?;
    let token = environment.service_account.join("token");
    if !token.is_file() {
        return None;
    }
    let server = if host.contains(':') {
        format!("https://[{host}]:{port}")
    } else {
        format!("https://{host}:{port}")
    };
    let authority = environment.service_account.join("ca.crt");
    let cluster = Cluster {
        server: Some(server),
        certificate_authority: text(&authority).filter(|_| authority.is_file()),
        ..Cluster::default()
    };
    let user = AuthInfo {
        token_file: text(&token),
        ..AuthInfo::default()
    };
    Some((cluster, user))
}

fn text(path: &Path) -> Option<String> {
    path.to_str().map(str::to_owned)
}
