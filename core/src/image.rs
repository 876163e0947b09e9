//! References to container images.

/// The tag of an image: `v1.42.3` for `quay.io:443/tigera/operator:v1.42.3@sha256:…`.
pub fn tag(image: &str) -> Option<&str> {
    let without_digest = image.split('@').next()?;
    let name = without_digest.rsplit('/').next()?;
    name.split_once(':').map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_an_image() {
        for (image, expected) in [
            ("quay.io/calico/node:v3.32.1", Some("v3.32.1")),
            ("localhost:5000/calico/node", None),
            ("localhost:5000/node:v3.26.0@sha256:abc", Some("v3.26.0")),
            ("node", None),
        ] {
            assert_eq!(tag(image), expected, "{image}");
        }
    }
}
