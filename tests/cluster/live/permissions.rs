//! What a user with few rights sees, and that nothing but reading is ever asked for.

use calico_test_support::clusters::Base;
use serde_json::{Value, json};

use super::load::{Loaded, without_backends};
use super::plugin::report;
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// A cluster with Calico in it.
fn with_calico() -> Option<Cluster> {
    let server = Cluster::start()?;
    server.install_crds(Crds::Own);
    Loaded::new(&server)
        .become_like(&without_backends(Base::new("helm", "v3.32.1", 3).objects()))
        .unwrap();
    Some(server)
}

/// Gives a user the rules of `rbac`, and none beside.
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

/// The right exactly: with what `rbac` prints nothing is unreadable, and each rule less is missed.
#[test]
fn the_cluster_role_is_enough_and_nothing_of_it_is_too_much() {
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
        let ran = server.calico(["status", "-o", "json", "--as", &user]);
        let report = report(&ran);
        let missing: Vec<&str> = report["notRead"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["permission"].as_str().unwrap())
            .collect();
        let plurals = rule["resources"].as_array().unwrap();
        for plural in plurals.iter().map(|plural| plural.as_str().unwrap()) {
            let named = missing.iter().any(|permission| permission.contains(plural));
            // Calico's resources are read from the other group, which is served here.
            let read = rule["apiGroups"] == json!(["projectcalico.org"]);
            assert_eq!(
                named, !read,
                "{rule}: {plural} in {missing:?}\n{}",
                ran.stdout
            );
        }
        let not_read = report["notRead"].as_array().unwrap().iter();
        let unjudged = not_read.map(|row| row["codes"].as_array().unwrap().len());
        let exit = if unjudged.sum::<usize>() == 0 { 0 } else { 2 };
        assert_eq!(ran.exit, exit, "{}", ran.stdout);
    }
}

/// `view` knows nothing of Calico, and a user without rights may read nothing: both get an answer.
#[test]
fn with_few_rights_or_none_there_is_an_answer() {
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
        for wanted in ["list nodes", "list installations", "list ippools"] {
            assert!(
                ran.stdout.contains(wanted),
                "{user}: {wanted}\n{}",
                ran.stdout
            );
        }
    }
}

/// Only GET and LIST, and no Secret: by the server's own log.
#[test]
fn nothing_but_reading_is_asked_for() {
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
