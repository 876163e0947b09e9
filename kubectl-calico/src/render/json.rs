//! JSON: of a report, whose schema is docs/status.schema.json, and of a plan, whose schema is
//! docs/plan.schema.json.

use calico_core::text::visible_json;
use serde::Serialize;

/// A report, or a plan, indented, with a line end.
pub fn json(document: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = visible_json(&serde_json::to_string_pretty(document)?);
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::assess::report::Report;
    use crate::plan::Plan;

    #[test]
    fn the_schemas_are_up_to_date() {
        is_published::<Report>("status.schema.json");
        is_published::<Plan>("plan.schema.json");
    }

    /// The published schema is that of the types. `UPDATE_CASES=1` writes it anew.
    fn is_published<T: schemars::JsonSchema>(file: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../docs")
            .join(file);
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let schema = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("UPDATE_CASES").is_some() {
            std::fs::write(&path, &schema).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == schema,
            "it differs"
        );
    }
}
