//! The API server as a pod finds it (client-go, rest/config.go, `InClusterConfig`).

use kube::config::{AuthInfo, Cluster};

use super::environment::Environment;
use super::target::Target;

/// Where this pod's service account is at home; nothing outside of a pod.
pub(super) fn target(environment: &Environment) -> Option<Target> {
    let host = environment.text("KUBERNETES_SERVICE_HOST")?;
    let port = environment.text("KUBERNETES_SERVICE_PORT")?;
    let token = environment.service_account.join("token");
    if !token.is_file() {
        return None;
    }
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let authority = environment.service_account.join("ca.crt");
    let text = |path: &std::path::Path| path.to_str().map(str::to_owned);
    Some(Target {
        context: None,
        user: Some("this pod's service account".to_owned()),
        cluster: Cluster {
            server: Some(format!("https://{host}:{port}")),
            certificate_authority: text(&authority).filter(|_| authority.is_file()),
            ..Cluster::default()
        },
        auth: AuthInfo {
            token_file: text(&token),
            ..AuthInfo::default()
        },
    })
}
