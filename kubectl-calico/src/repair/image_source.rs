//! Where the operator takes images from, as its Installation says it.

/// The fields of the Installation that make the operator use an image of calico-node from where this one comes: none
/// for the public registries. `imagePath` stays the default where it can, because other components have another path.
/// Source: tigera/operator v1.42.3, pkg/components/references.go (`GetReference`).
pub(super) fn image_source(image: &str) -> Vec<(&'static str, String)> {
    let Some((place, name)) = image.rsplit_once('/') else {
        return Vec::new();
    };
    let name = name.split([':', '@']).next().unwrap_or_default();
    let Some(prefix) = name.strip_suffix("node") else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    match place.rsplit_once('/') {
        Some(("quay.io" | "docker.io", "calico")) => {}
        Some((registry, "calico")) => fields.push(("registry", format!("{registry}/"))),
        _ => {
            let (registry, path) = place.split_once('/').unwrap_or((place, ""));
            fields.push(("registry", format!("{registry}/")));
            if !path.is_empty() {
                fields.push(("imagePath", path.to_owned()));
            }
        }
    }
    if !prefix.is_empty() {
        fields.push(("imagePrefix", prefix.to_owned()));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_names_its_registry_path_and_prefix() {
        for (image, expected) in [
            ("quay.io/calico/node:v3.32.1", &[][..]),
            ("docker.io/calico/node:v3.27.0", &[]),
            (
                "registry.example:5000/calico/node@sha256:ab",
                &[("registry", "registry.example:5000/")],
            ),
            (
                "registry.example/mirror/calico/node:v3.31.3",
                &[("registry", "registry.example/mirror/")],
            ),
            (
                "registry.example/network/team-node:v3.31.3",
                &[
                    ("registry", "registry.example/"),
                    ("imagePath", "network"),
                    ("imagePrefix", "team-"),
                ],
            ),
            ("node:v3.31.3", &[]),
        ] {
            let found = image_source(image);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(key, value)| (*key, value.as_str()))
                .collect();
            assert_eq!(found, expected, "{image}");
        }
    }
}
