//! The plan as JSON, whose schema is docs/plan.schema.json.

use calico_core::text::visible_json;

use crate::plan::Plan;

/// The plan, indented, with a line end.
pub fn json(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut text = visible_json(&serde_json::to_string_pretty(plan)?);
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use crate::plan::Plan;
    use crate::render::json::tests::is_published;

    #[test]
    fn the_schema_is_up_to_date() {
        is_published::<Plan>("plan.schema.json");
    }
}
