//! Which line of the given manifests a finding is about.

use super::finding::Finding;
use crate::snapshot::{Location, Places, Snapshot};

/// Sets the line of each finding, if the snapshot is of manifests.
pub(super) fn locate(findings: &mut [Finding], snapshot: &Snapshot) {
    for finding in findings {
        finding.location = of_finding(finding, &snapshot.places);
    }
}

/// The line of the first field of its subject that proves it; or else that of the subject; or else that of
/// the first field that proves it; or else that of the object that requests what it is about.
fn of_finding(finding: &Finding, places: &Places) -> Option<Location> {
    const REQUESTS: [&str; 3] = [
        "Installation/default",
        "DaemonSet/kube-system/calico-node",
        "DaemonSet/kube-system/canal",
    ];
    let subject = finding.subject.to_string();
    let evidence = finding.evidence.iter();
    let mut evidence = evidence.map(|it| (it.object.to_string(), it.field.as_str()));
    let of_subject = evidence
        .clone()
        .filter(|(object, _)| *object == subject)
        .find_map(|(object, field)| places.field(&object, field));
    of_subject
        .or_else(|| places.object(&subject))
        .or_else(|| evidence.find_map(|(object, field)| places.field(&object, field)))
        .or_else(|| REQUESTS.iter().find_map(|object| places.object(object)))
}
