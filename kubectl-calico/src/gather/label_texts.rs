//! Labels, annotations and node selectors of objects in files. Their values are texts, which an API server never
//! stores otherwise; but a tool that rewrites YAML may lose the quotes of `"true"`. One such value would leave a
//! whole kind unread.

use serde_yaml::Value;

/// Where an object has them.
const PATHS: [&[&str]; 6] = [
    &["metadata", "labels"],
    &["metadata", "annotations"],
    &["spec", "nodeSelector"],
    &["spec", "selector", "matchLabels"],
    &["spec", "template", "metadata", "labels"],
    &["spec", "template", "spec", "nodeSelector"],
];

/// Makes texts of the booleans and numbers among them.
pub(super) fn quote(object: &mut Value) {
    for path in PATHS {
        let found = path
            .iter()
            .try_fold(&mut *object, |value, key| value.get_mut(*key));
        let Some(Value::Mapping(entries)) = found else {
            continue;
        };
        for value in entries.values_mut() {
            let text = match value {
                Value::Bool(is) => is.to_string(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            *value = Value::String(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_labels_and_selectors_change() {
        let mut object: Value = serde_yaml::from_str(
            "metadata: {labels: {a: true, b: 5, c: x, d: null}, generation: 2}\n\
             spec: {replicas: 3, template: {spec: {nodeSelector: {e: false}, hostNetwork: true}}}",
        )
        .unwrap();
        quote(&mut object);
        let wanted: Value = serde_yaml::from_str(
            "metadata: {labels: {a: 'true', b: '5', c: x, d: null}, generation: 2}\n\
             spec: {replicas: 3, template: {spec: {nodeSelector: {e: 'false'}, hostNetwork: true}}}",
        )
        .unwrap();
        assert_eq!(object, wanted);
    }
}
