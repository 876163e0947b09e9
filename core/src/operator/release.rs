//! The release of Calico that each release of the operator installs.

use super::OperatorVersion;

/// For each minor version of Calico 3, the patch versions of the operator that its releases come with, from its first
/// release on.
/// Source: the image line of manifests/tigera-operator.yaml in every tag of projectcalico/calico 3.24 to 3.32;
/// calico/_data/versions.yml of 3.22 and 3.23.
const PATCHES: [(u32, &[u32]); 11] = [
    (22, &[0, 2, 7, 9, 11, 13]),
    (23, &[0, 1, 7, 12, 14, 16]),
    (24, &[0, 1, 1, 3, 4, 5, 5]),
    (25, &[0, 3, 6]),
    (26, &[0, 4, 6, 7, 9, 11]),
    (27, &[3, 4, 5, 7, 10, 12]),
    (28, &[0, 3, 5, 8, 10, 13]),
    (29, &[0, 2, 5, 7, 9, 12, 14, 16]),
    (30, &[0, 1, 3, 6, 7, 9, 11, 13]),
    (31, &[0, 1, 2, 3, 7, 8, 13, 15]),
    (32, &[0, 3]),
];

impl OperatorVersion {
    /// The release of Calico that this operator installs, such as `v3.32.1`; `None` if it is none of the known
    /// releases.
    pub fn calico_release(self) -> Option<String> {
        let calico = self.calico()?;
        let minor = calico.strip_prefix("3.")?.parse::<u32>().ok()?;
        let (_, patches) = PATCHES.iter().find(|(calico, _)| *calico == minor)?;
        let patch = patches.iter().position(|patch| *patch == self.patch)?;
        Some(format!("v{calico}.{patch}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_installs_one() {
        let release = |text: &str| text.parse::<OperatorVersion>().unwrap().calico_release();
        assert_eq!(release("v1.38.6").as_deref(), Some("v3.30.3"));
        assert_eq!(release("v1.28.5").as_deref(), Some("v3.24.5"));
        assert_eq!(release("v1.32.10").as_deref(), Some("v3.27.4"));
        // One that no release of Calico came with, and later ones.
        for unknown in ["v1.38.2", "v1.38.99", "v1.43.0", "v1.44.0", "v1.20.7"] {
            assert_eq!(release(unknown), None, "{unknown}");
        }
        let newest = OperatorVersion::NEWEST.calico_release();
        assert_eq!(newest.as_deref(), Some("v3.32.1"));
    }
}
