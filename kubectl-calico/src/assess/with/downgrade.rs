//! Manifests of an older version than that in the cluster.

use calico_core::catalog::Entry;

use crate::assess::finding::Finding;
use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::snapshot::ObjectRef;

pub(super) static DOWNGRADE: Entry = Entry {
    code: "CAL120",
    title: "the manifests downgrade Calico or its operator",
    meaning: "The manifests replace the operator or, in a manifest install, calico-node with an \
              older version.",
    impact: "Calico's documentation covers upgrades only. With an older CRD, the API server drops \
             fields that the CRD lacks, and an older operator applies its own defaults to \
             the Installation. Felix does not start with eBPF maps of a newer version.",
    criteria: "Only with --with. The versions are those of the operator's image or, in a manifest \
               install, of calico-node's.",
    fix: "Use manifests of the version in the cluster or of a newer one. Before you roll back an \
          upgrade, try it on a test cluster.",
    source: "Calico's documentation, upgrading Calico (3.32); projectcalico/calico v3.32.1, \
             felix/bpf/maps/maps.go",
};

/// The finding, if the version goes back.
pub(super) fn downgrade(before: &Facts, after: &Facts) -> Option<Finding> {
    let (was, is) = (&before.install, &after.install);
    goes_back(&was.operator, &is.operator).or_else(|| {
        let from_manifests = was.is_from_manifests() && is.is_from_manifests();
        from_manifests.then(|| goes_back(&was.calico, &is.calico))?
    })
}

fn goes_back(before: &Fact<String>, after: &Fact<String>) -> Option<Finding> {
    let (Fact::Known { value: old, .. }, Fact::Known { value: new, from }) = (before, after) else {
        return None;
    };
    if numbers(new)? >= numbers(old)? {
        return None;
    }
    let object: ObjectRef = from.first()?.object.clone();
    let finding = Finding::warning(
        &DOWNGRADE,
        object.clone(),
        format!("the manifest downgrades from {old} to {new}"),
    );
    Some(
        from.iter()
            .fold(finding, |finding, from| finding.read(from, new))
            .impact(
                "Calico's documentation covers upgrades only: an older version may not understand \
                 what a newer one has stored",
            )
            .fix(format!("use manifests of {old} or later")),
    )
}

/// `[3, 32, 1]` of `v3.32.1`.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let bare = version.strip_prefix('v').unwrap_or(version);
    let release = bare.split('-').next().unwrap_or_default();
    release.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Provenance;

    #[test]
    fn only_an_older_version_goes_back() {
        let version = |text: &str| Fact::known(text.to_owned(), Provenance::all("Deployment"));
        for (before, after, expected) in [
            ("v1.42.3", "v1.38.0", true),
            ("v1.42.3", "v1.42.3", false),
            ("v1.9.0", "v1.42.0", false),
            ("v3.32.1", "v3.32.0-0.dev", true),
            ("v3.32.1", "master", false),
        ] {
            let found = goes_back(&version(before), &version(after)).is_some();
            assert_eq!(found, expected, "{before} {after}");
        }
    }
}
