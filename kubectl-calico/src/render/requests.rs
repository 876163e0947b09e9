//! The API requests that were sent, for `--verbose`.

use super::table::table;
use crate::gather::request_log::RequestLog;

/// A line for each request, and the totals.
pub fn requests(log: &RequestLog) -> String {
    let mut rows = vec![["MS", "BYTES", "GET"].map(str::to_owned).to_vec()];
    for request in log.requests().iter() {
        let bytes = request.bytes.map(|bytes| bytes.to_string());
        rows.push(vec![
            request.elapsed.as_millis().to_string(),
            bytes.unwrap_or_else(|| "-".to_owned()),
            request.path.clone(),
        ]);
    }
    format!(
        "{}\n{} requests, {} bytes\n",
        table(&rows).join("\n"),
        log.requests().len(),
        log.bytes()
    )
}
