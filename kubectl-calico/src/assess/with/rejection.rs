//! Changes that the cluster rejects.

use calico_core::catalog::Entry;

use crate::assess::finding::Finding;
use crate::snapshot::{FileOverlay, RejectedChange};

pub(super) static CHANGE_REJECTED: Entry = Entry {
    code: "CAL119",
    title: "the manifests change an immutable field",
    meaning: "A manifest gives an existing IPPool another CIDR or block size.",
    impact: "Calico's API rejects the IPPool: the pool stays as it is, and applying the manifests fails. \
             Through crd.projectcalico.org/v1, versions before 3.32 accept it; the addresses and blocks in use \
             are then in no pool, or the blocks differ in size from those of their pool.",
    criteria: "Only with --with. CIDRs are compared as networks, not as text, and a block size that \
               is not set is the default. The rest of the report evaluates the cluster without the \
               manifest of this pool.",
    fix: "Leave the pool out of the manifests, or give it the values that it has in the cluster. To \
          move pods to another range, create a second pool: kubectl calico plan prints the steps.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go and \
             api/config/crd/projectcalico.org_ippools.yaml",
};

/// A finding for each.
pub(super) fn rejections(overlay: &FileOverlay) -> impl Iterator<Item = Finding> {
    overlay.rejected.iter().map(|change| {
        let RejectedChange {
            object,
            field,
            existing,
            requested,
        } = change;
        Finding::error(
            &CHANGE_REJECTED,
            object.clone(),
            format!("the manifest changes {field} from {existing} to {requested}"),
        )
        .evidence(object.clone(), *field, existing)
        .impact("Calico's API rejects the change: CIDR and block size of a pool are immutable")
        .fix(format!(
            "leave {object} out of the manifests, or set its {field} to {existing}"
        ))
    })
}
