//! What a tool that collects a whole cluster leaves out of its manifests, and how its files show it.

use std::path::Path;

use serde_yaml::{Mapping, Value};

use super::Files;
use crate::snapshot::resources::RESOURCES;

impl Files {
    /// Notes what a document of a collected file says besides its objects: that there are none, which a
    /// list says only together with the name of its file (`ippools.crd.projectcalico.org.yaml`), and the
    /// version of the server, which `kubectl version` prints.
    /// Source: projectcalico/calico v3.32.1, calicoctl/calicoctl/commands/cluster/diags.go.
    pub(super) fn note_collected(&mut self, name: &str, fields: &Mapping, is_empty_list: bool) {
        let version = fields.get("serverVersion");
        let version = version.and_then(|version| version.get("gitVersion"));
        if let Some(version) = version.and_then(Value::as_str) {
            self.kubernetes = Some(version.to_owned());
        }
        if is_empty_list && fields.get("kind").and_then(Value::as_str) == Some("List") {
            let file = Path::new(name)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy();
            for row in RESOURCES {
                for api in row.apis {
                    let is_plural = api.plural == file;
                    if is_plural || format!("{}.{}", api.plural, api.group) == file {
                        self.empty_lists
                            .insert((api.api_version(), row.kind_in(api).to_owned()));
                    }
                }
            }
        }
    }
}
