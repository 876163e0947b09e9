//! What a user with few permissions sees, and that the plugin only reads.

use calico_test_support::clusters::Base;
use serde_json::{Value, json};

use super::load::{Loaded, without_backends};
use super::run::report;
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// A cluster with Calico in it.
fn with_calico() -> Option<Cluster> {
    let server = Cluster::start()?;
    server.install_crds(Crds::Own);
    Loaded::new(&server)
        .replace(&without_backends(Base::new("helm", "v3.32.1", 3).objects()))
        .unwrap();
    Some(server)
}

/// Grants a user these rules.
fn grant(server: &Cluster, user: &str, rules: &[Value]) {
    server.apply(
        &json!({
            "apiVersion": "v1", "kind": "List", "items": [
                {
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                    "metadata": {"name": user}, "rules": rules,
                },
                {
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": {"name": user},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
                    "subjects": [{"kind": "User", "name": user}],
                },
            ],
        })
        .to_string(),
    );
}

fn rules(server: &Cluster) -> Vec<Value> {
    let role = server.calico(["rbac"]).stdout;
    let role: Value = serde_yaml::from_str(&role).unwrap();
    role["rules"].as_array().unwrap().clone()
}

/// With all rules of the ClusterRole that `rbac` prints everything can be read, without any of them something cannot.
#[test]
fn the_cluster_role_is_sufficient_and_minimal() {
    let Some(server) = with_calico() else {
        return;
    };
    let rules = rules(&server);
    grant(&server, "all", &rules);
    let as_admin = server.calico(["status", "-o", "json"]);
    let as_user = server.calico(["status", "-o", "json", "--as", "all"]);
    assert_eq!(report(&as_user), report(&as_admin));
    assert_eq!(as_user.exit, 0, "{}", as_user.stdout);

    for (index, rule) in rules.iter().enumerate() {
        let user = format!("without-{index}");
        let mut fewer = rules.clone();
        fewer.remove(index);
        grant(&server, &user, &fewer);
        let ran = server.calico(["status", "--pods", "-o", "json", "--as", &user]);
        let report = report(&ran);
        let missing: Vec<&str> = report["notRead"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|row| row["permission"].as_str())
            .collect();
        let plurals = rule["resources"].as_array().unwrap();
        for plural in plurals.iter().map(|plural| plural.as_str().unwrap()) {
            // What pods say is only read if one of them fails.
            if ["events", "pods/log"].contains(&plural) {
                continue;
            }
            let named = missing.iter().any(|permission| permission.contains(plural));
            // Calico's resources are read from crd.projectcalico.org, which this server has.
            let read = rule["apiGroups"] == json!(["projectcalico.org"]);
            assert_eq!(
                named, !read,
                "{rule}: {plural} in {missing:?}\n{}",
                ran.stdout
            );
        }
        let exit = if missing.is_empty() { 0 } else { 2 };
        assert_eq!(ran.exit, exit, "{}", ran.stdout);
    }
}

/// The ClusterRole `view` does not include Calico's resources. The commands that the report prints grant
/// what is missing.
#[test]
fn few_permissions_or_none_still_give_a_report() {
    let Some(server) = with_calico() else {
        return;
    };
    server.apply(
        r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": "viewer"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "User", "name": "viewer"}]}"#,
    );
    for user in ["viewer", "nobody"] {
        let ran = server.calico(["status", "--as", user]);
        assert_eq!((ran.exit, ran.stderr.as_str()), (2, ""), "{}", ran.stdout);
        let grant = format!(
            "kubectl create clusterrolebinding kubectl-calico-{user} --clusterrole=kubectl-calico \
             --user={user}"
        );
        for wanted in [
            "Node",
            "Installation",
            "IPPool",
            "kubectl calico rbac",
            &grant,
        ] {
            assert!(
                ran.stdout.contains(wanted),
                "{user}: {wanted}\n{}",
                ran.stdout
            );
        }
        server.apply(&server.calico(["rbac"]).stdout);
        server.kubectl(grant.split(' ').skip(1)).succeeded();
        let ran = server.calico(["status", "--as", user]);
        assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    }
}

/// It only sends GET and LIST, and never for Secrets, according to the server's audit log.
#[test]
fn the_plugin_only_reads() {
    let Some(server) = with_calico() else {
        return;
    };
    server.calico(["status"]);
    let received = server.received();
    let ours: Vec<_> = received
        .iter()
        .filter(|request| request.agent.starts_with("kubectl-calico/"))
        .collect();
    assert!(ours.len() > 20, "{ours:?}");
    for request in ours {
        assert!(
            ["get", "list"].contains(&request.verb.as_str()),
            "{request:?}"
        );
        assert!(!request.uri.contains("secrets"), "{request:?}");
    }
}
