//! What calico-node reports.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::DeserializeSeed as _;
use serde_json::Value;

use super::NodeStatusProbe;
use crate::connect::RequestError;
use crate::gather::page;
use crate::snapshot::resources::CALICO_NODE_STATUSES;
use crate::snapshot::{CalicoNodeStatus, Meter, Pruned};

/// The memory for what is kept, in bytes.
const MEMORY: usize = 256 << 20;

impl NodeStatusProbe<'_> {
    /// Watches until each of the names has a report. A watch begins with the objects as they are, so that it
    /// can begin again whenever it ends.
    pub(super) async fn collect(
        &self,
        names: &BTreeMap<String, String>,
        reports: &mut BTreeMap<String, CalicoNodeStatus>,
    ) -> Result<(), RequestError> {
        const PAUSE: Duration = Duration::from_millis(500);
        let meter = Meter::new(MEMORY);
        loop {
            let path = format!("{}?watch=1&timeoutSeconds=60", self.writer.path());
            match self.server.watch(&path).await {
                Ok(mut events) => {
                    while let Ok(Some(line)) = events.next().await {
                        if let Some((name, status)) = report(&line, &meter)
                            && names.contains_key(&name)
                        {
                            reports.insert(name, status);
                        }
                        if reports.len() == names.len() {
                            return Ok(());
                        }
                    }
                }
                Err(error @ RequestError::Forbidden { .. }) => return Err(error),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The name and the report of an event, if calico-node has reported.
fn report(line: &[u8], meter: &Meter) -> Option<(String, CalicoNodeStatus)> {
    let event: Value = serde_json::from_slice(line).ok()?;
    let kind = event.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("ADDED" | "MODIFIED")) {
        return None;
    }
    let pruned = Pruned {
        fields: CALICO_NODE_STATUSES.fields,
        meter,
    };
    let object = pruned.deserialize(event.get("object")?).ok()?;
    let status: CalicoNodeStatus = page::object(object).ok()?;
    let name = status.metadata.name.clone();
    status.reports_bgp().then_some((name, status))
}
