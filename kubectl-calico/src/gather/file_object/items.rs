//! The objects of a list.

use serde_yaml::{Mapping, Value};

use super::{FileObject, NotAnObject, Trimming};

/// The object, or the items of a list, which may be lists again.
pub(in crate::gather) fn objects(
    value: Value,
    trimming: Trimming,
) -> Vec<Result<FileObject, NotAnObject>> {
    let kind = value.get("kind").and_then(Value::as_str);
    let is_list = kind.is_some_and(|kind| kind.ends_with("List"));
    match value {
        Value::Mapping(mut fields) if is_list => match fields.remove("items") {
            Some(Value::Sequence(items)) => {
                let item_type = item_type(&fields);
                let items = items
                    .into_iter()
                    .map(|item| typed(item, item_type.as_ref()));
                items.flat_map(|item| objects(item, trimming)).collect()
            }
            _ => vec![FileObject::parse(Value::Mapping(fields), trimming)],
        },
        value => vec![FileObject::parse(value, trimming)],
    }
}

/// `apiVersion` and `kind` of the items of a list, which the API server leaves out of them; `None` for a
/// `List` and while the list is not known to be one.
pub(in crate::gather) fn item_type(list: &Mapping) -> Option<(Value, Value)> {
    let text = |key: &str| list.get(key).and_then(Value::as_str);
    let kind = text("kind")?.strip_suffix("List")?;
    (!kind.is_empty()).then_some((text("apiVersion")?.into(), kind.into()))
}

/// The item, with the type that its list implies.
pub(in crate::gather) fn typed(mut item: Value, item_type: Option<&(Value, Value)>) -> Value {
    if let (Value::Mapping(fields), Some((api_version, kind))) = (&mut item, item_type)
        && !fields.contains_key("apiVersion")
        && !fields.contains_key("kind")
    {
        fields.insert("apiVersion".into(), api_version.clone());
        fields.insert("kind".into(), kind.clone());
    }
    item
}
