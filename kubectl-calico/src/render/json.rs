//! The report as JSON, whose schema is docs/status-report.schema.json.

use crate::assess::report::Report;

/// The report, indented, with a line end.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}
