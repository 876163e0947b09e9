//! The report and the plan for programs: as JSON, or the same as YAML.

use std::error::Error;

use calico_core::text::visible_json;
use serde::Serialize;
use serde_json::Value;

/// A document, indented, with a line end.
pub fn json(document: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = visible_json(&serde_json::to_string_pretty(document)?);
    text.push('\n');
    Ok(text)
}

/// The same document as YAML, with what a reader of the JSON gets: numbers beyond 64 bits are floating-point.
pub fn yaml(document: &impl Serialize) -> Result<String, Box<dyn Error>> {
    let document: Value = serde_json::from_str(&serde_json::to_string(document)?)?;
    Ok(calico_core::yaml::to_string(&document)?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use crate::assess::report::Report;
    use crate::clusters::ReportList;
    use crate::nodes::NodeList;
    use crate::plan::Plan;
    use crate::render::{CLUSTERS_SCHEMA, NODES_SCHEMA, PLAN_SCHEMA, STATUS_SCHEMA};

    #[test]
    fn the_schemas_are_up_to_date() {
        is_published::<Report>("status.schema.json");
        is_published::<Plan>("plan.schema.json");
        is_published::<NodeList>("nodes.schema.json");
        is_published::<ReportList>("clusters.schema.json");
    }

    /// A reader of the schema does not have the code: no links of rustdoc, and no numbered types.
    #[test]
    fn the_schemas_are_for_readers_without_the_code() {
        for schema in [STATUS_SCHEMA, PLAN_SCHEMA, NODES_SCHEMA, CLUSTERS_SCHEMA] {
            let schema: Value = serde_json::from_str(schema).unwrap();
            let types = schema["$defs"].as_object().unwrap();
            for name in types.keys() {
                let is_numbered = name.ends_with(|c: char| c.is_ascii_digit());
                assert!(!is_numbered || name.contains("uint"), "{name}");
            }
            for description in descriptions(&schema) {
                assert!(!description.is_empty());
                for code in ["[`", "`None`", "::"] {
                    assert!(!description.contains(code), "{description}");
                }
            }
        }
    }

    fn descriptions(schema: &Value) -> Vec<&str> {
        match schema {
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(key, value)| match value.as_str() {
                    Some(text) if key == "description" => vec![text],
                    _ => descriptions(value),
                })
                .collect(),
            Value::Array(items) => items.iter().flat_map(descriptions).collect(),
            _ => Vec::new(),
        }
    }

    /// The published schema is that of the types. `UPDATE_CASES=1` writes it.
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
            "UPDATE_CASES=1 cargo test -p kubectl-calico --lib schemas writes docs/{file}"
        );
    }
}
