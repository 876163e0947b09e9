//! What was asked of the API server, for `--verbose`.

use super::table::table;
use crate::gather::cluster::Asked;

/// A line for each request, and their sum.
pub fn requests(asked: &[Asked]) -> String {
    let heading = ["MS", "BYTES", "GET"].map(str::to_owned).to_vec();
    let mut rows = vec![heading];
    rows.extend(asked.iter().map(|asked| {
        vec![
            asked.elapsed.as_millis().to_string(),
            asked
                .bytes
                .map_or_else(|| "-".to_owned(), |bytes| bytes.to_string()),
            asked.path.clone(),
        ]
    }));
    let bytes: usize = asked.iter().filter_map(|asked| asked.bytes).sum();
    format!(
        "{}\n{} requests, {bytes} bytes\n",
        table(&rows).join("\n"),
        asked.len()
    )
}
