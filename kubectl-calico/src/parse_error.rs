//! What a parser says about a value, in the words of Kubernetes: it names types of Rust.

use std::fmt::Display;

/// A time as Kubernetes writes it.
const TIME: &str = "a time such as 2027-01-31T12:00:00Z";

/// The text of a parser's error without the names of types.
pub(crate) fn in_words(error: impl Display) -> String {
    let text = error.to_string();
    let starts = ["invalid type: ", "invalid value: "];
    let start = starts
        .iter()
        .find_map(|start| Some(text.find(start)? + start.len()));
    let parts = start.and_then(|start| {
        let (before, rest) = text.split_at_checked(start)?;
        let (found, expected) = rest.rsplit_once(", expected ")?;
        Some((before, found, expected))
    });
    let Some((before, found, expected)) = parts else {
        return text;
    };
    let (expected, place) = match expected.find(" at line ") {
        Some(at) => expected.split_at(at),
        None => (expected, ""),
    };
    let (found, expected) = (found_value(found), expected_value(expected));
    format!("{before}{found}, expected {expected}{place}")
}

fn found_value(found: &str) -> String {
    match found {
        "sequence" => "list".to_owned(),
        "map" => "object".to_owned(),
        "unit value" => "null".to_owned(),
        _ => found.replace("floating point", "number"),
    }
}

fn expected_value(expected: &str) -> &str {
    match expected {
        "a sequence" | "sequence" => "a list",
        "a map" | "map" => "an object",
        "bool" | "a boolean" => "true or false",
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => {
            "an integer"
        }
        "f32" | "f64" => "a number",
        "str" | "string" | "Quantity" => "a string",
        "IntOrString" => "an integer or a string",
        "Time" | "MicroTime" | "a timestamp string" => TIME,
        "unit" => "null",
        // The types of Kubernetes' own kinds, such as DaemonSetSpec.
        type_name if type_name.starts_with("struct ") || is_type(type_name) => "an object",
        words => words,
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::DaemonSet;
    use serde_yaml::Value;

    use super::*;
    use crate::snapshot::{IpPool, Node};

    #[test]
    fn no_type_of_rust_is_named() {
        let pool = |text: &str| error::<IpPool>(text);
        let set = |text: &str| error::<DaemonSet>(text);
        for (error, expected) in [
            (
                pool("{metadata: {creationTimestamp: 5}}"),
                "invalid type: integer `5`, expected a time such as 2027-01-31T12:00:00Z",
            ),
            (
                pool("{metadata: {labels: [a]}}"),
                "invalid type: list, expected an object",
            ),
            (
                pool("{spec: {blockSize: x}}"),
                "invalid type: string \"x\", expected an integer",
            ),
            (
                set("{spec: 5}"),
                "invalid type: integer `5`, expected an object",
            ),
            (
                set("{status: {numberReady: 1.5}}"),
                "invalid type: number `1.5`, expected an integer",
            ),
            (
                error::<Node>("{spec: {taints: x}}"),
                "invalid type: string \"x\", expected a list",
            ),
        ] {
            assert!(error.ends_with(expected), "{error}");
        }
        assert_eq!(in_words("missing field `name`"), "missing field `name`");
    }

    fn error<T: for<'de> serde::Deserialize<'de>>(text: &str) -> String {
        let value: Value = serde_yaml::from_str(text).unwrap();
        match T::deserialize(value) {
            Ok(_) => panic!("{text} is valid"),
            Err(error) => in_words(error),
        }
    }
}
