//! Secrets in every text of a cluster that docs/snapshot.md does not list.

use calico_test_support::clusters::Base;
use serde_json::{Map, Value, json};

use super::kept::{Kept, Part};
use crate::run::run_on;

const SECRET: &str = "planted-secret";

/// A cluster with secrets, and how many there are.
struct Planted {
    kept: Kept,
    count: usize,
}

impl Planted {
    fn secret(&mut self) -> Value {
        self.count += 1;
        format!("{SECRET}-{}", self.count).into()
    }

    fn plant(&mut self, object: &mut Value) {
        if object["kind"] == "Snapshot" {
            return;
        }
        let kind = object["kind"].as_str().unwrap().to_owned();
        self.add_usual_secrets(&kind, object);
        let fields = object.as_object_mut().unwrap();
        for (name, value) in fields {
            if !["apiVersion", "kind"].contains(&name.as_str()) {
                self.plant_below(&kind, name, value);
            }
        }
    }

    /// Replaces each text that is not kept, and adds a field to each object.
    fn plant_below(&mut self, kind: &str, path: &str, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    self.plant_below(kind, &below(path, name), value);
                }
                if self.kept.part(kind, path) != Part::Whole {
                    fields.insert("planted".to_owned(), self.secret());
                }
            }
            Value::Array(entries) => {
                for entry in entries {
                    self.plant_below(kind, path, entry);
                }
            }
            Value::String(text) => match self.kept.part(kind, path) {
                Part::Whole => {}
                Part::Some => *text = self.add_to_document(text),
                Part::None => *value = self.secret(),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add_to_document(&mut self, text: &str) -> String {
        let secret = self.secret();
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(mut fields)) => {
                fields.insert("planted".to_owned(), secret);
                Value::Object(fields).to_string()
            }
            _ if text.trim_start().starts_with('{') => {
                text.replacen('{', &format!("{{\"planted\": {secret},"), 1)
            }
            _ => format!("{text}\nplanted: {secret}\n"),
        }
    }

    /// What real clusters have and those of the tests do not.
    fn add_usual_secrets(&mut self, kind: &str, object: &mut Value) {
        let metadata = object["metadata"].as_object_mut().unwrap();
        metadata.insert(
            "managedFields".to_owned(),
            json!([{"manager": "kubectl", "fieldsV1": {"f:spec": self.secret()}}]),
        );
        metadata.insert(
            "ownerReferences".to_owned(),
            json!([{"name": self.secret()}]),
        );
        for (field, key) in [
            (
                "annotations",
                "kubectl.kubernetes.io/last-applied-configuration",
            ),
            ("annotations", "example.com/token"),
            ("labels", "example.com/tenant"),
        ] {
            let map = metadata.entry(field).or_insert_with(|| json!({}));
            map[key] = self.secret();
        }
        match kind {
            "Node" => {
                self.add_entry(object, "/status/conditions", "type");
                self.add_entry(object, "/status/addresses", "type");
                object["status"]["images"] = json!([{"names": [self.secret()]}]);
                let arguments = json!(["agent", "--token", self.secret()]);
                object["metadata"]["annotations"]["k3s.io/node-args"] =
                    arguments.to_string().into();
            }
            "Pod" => {
                self.add_entry(object, "/status/conditions", "type");
                object["status"]["message"] = self.secret();
                self.add_to_pod(&mut object["spec"]);
                if let Some(Value::Array(statuses)) =
                    object.pointer_mut("/status/containerStatuses")
                {
                    for status in statuses.iter_mut().filter(|status| status["ready"] == true) {
                        status["lastState"] =
                            json!({"terminated": {"exitCode": 1, "message": self.secret()}});
                    }
                }
            }
            "DaemonSet" | "Deployment" => self.add_to_pod(&mut object["spec"]["template"]["spec"]),
            "TigeraStatus" | "APIService" => self.add_entry(object, "/status/conditions", "type"),
            "ConfigMap" => {
                object["data"]["password"] = self.secret();
                object["binaryData"] = json!({"key": self.secret()});
            }
            "Installation" => {
                object["spec"]["imagePullSecrets"] = json!([{"name": self.secret()}]);
                object["spec"]["proxy"] = json!({"httpsProxy": self.secret()});
                object["spec"]["certificateManagement"] = json!({"caCert": self.secret()});
                object["spec"]["calicoNodeDaemonSet"] =
                    json!({"metadata": {"labels": {"a": self.secret()}}});
            }
            _ => {}
        }
    }

    fn add_to_pod(&mut self, spec: &mut Value) {
        spec["imagePullSecrets"] = json!([{"name": self.secret()}]);
        spec["volumes"] = json!([{"name": "x", "secret": {"secretName": self.secret()}}]);
        spec["hostname"] = self.secret();
        for containers in ["containers", "initContainers"] {
            let Some(Value::Array(containers)) = spec.get_mut(containers) else {
                continue;
            };
            for container in containers {
                let header = json!({"name": "Authorization", "value": self.secret()});
                container["livenessProbe"] = json!({"httpGet": {"httpHeaders": [header]}});
                for field in ["command", "args"] {
                    let words = array(container, field);
                    words.push("--password".into());
                    words.push(self.secret());
                    words.push(format!("--token={}", self.secret()).into());
                }
                let variables = array(container, "env");
                for name in ["ETCD_PASSWORD", "FELIX_DEBUGTOKEN", "HTTPS_PROXY"] {
                    variables.push(json!({"name": name, "value": self.secret()}));
                }
                container["envFrom"] = json!([{"secretRef": {"name": self.secret()}}]);
            }
        }
    }

    /// Adds an entry whose fields are all secrets to a list, if there is one.
    fn add_entry(&mut self, object: &mut Value, list: &str, by: &str) {
        if let Some(Value::Array(entries)) = object.pointer_mut(list) {
            let mut entry: Map<String, Value> = Map::new();
            for field in [by, "status", "reason", "message", "address"] {
                entry.insert(field.to_owned(), self.secret());
            }
            entries.push(entry.into());
        }
    }
}

fn array<'a>(container: &'a mut Value, field: &str) -> &'a mut Vec<Value> {
    let fields = container.as_object_mut().unwrap();
    let list = fields.entry(field).or_insert_with(|| json!([]));
    list.as_array_mut().unwrap()
}

fn below(path: &str, name: &str) -> String {
    if name.contains(['.', '/']) {
        format!("{path}[{name}]")
    } else {
        format!("{path}.{name}")
    }
}

/// Nothing reads the secrets either: the report stays the same.
#[test]
fn no_secret_is_in_a_snapshot_and_none_changes_a_report() {
    for base in [
        "helm",
        "custom-resources",
        "calico-typha.yaml",
        "calico-vxlan.yaml",
    ] {
        let original = Base::new(base, "v3.32.1", 3).objects();
        let mut planted = Planted {
            kept: Kept::read(),
            count: 0,
        };
        let mut objects = original.clone();
        for object in &mut objects {
            planted.plant(object);
        }
        assert!(planted.count > 500, "{base}: only {}", planted.count);

        let snapshot = run_on(&objects, "snapshot", &[]);
        assert_eq!((snapshot.exit, snapshot.stderr.as_str()), (0, ""));
        let leaked: Vec<&str> = snapshot
            .stdout
            .lines()
            .filter(|line| line.contains(SECRET))
            .collect();
        assert!(leaked.is_empty(), "{base}:\n{}", leaked.join("\n"));

        for command in ["status", "plan"] {
            let report = |objects| {
                let outcome = run_on(objects, command, &["-o", "json"]);
                let mut report: Value = serde_json::from_str(&outcome.stdout).unwrap();
                report.as_object_mut().unwrap().remove("time");
                (outcome.exit, report)
            };
            assert!(report(&objects) == report(&original), "{base} {command}");
        }
    }
}
