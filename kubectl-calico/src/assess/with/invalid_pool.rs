//! IPPools that Calico's API rejects as the manifests have them.

use calico_core::catalog::Entry;
use calico_core::text::quoted;

use crate::assess::finding::Finding;
use crate::snapshot::{FileOverlay, InvalidField};

pub(super) static POOL_INVALID: Entry = Entry {
    code: "CAL122",
    title: "the manifests contain an IPPool that Calico's API rejects",
    meaning: "An IPPool in projectcalico.org/v3 has a value that Calico's API does not accept, such as a \
              CIDR with host bits set, IPIP in an IPv6 pool, or a new pool's CIDR that overlaps another pool.",
    impact: "Applying the manifests fails: the pool is not created, or stays as it is.",
    criteria: "Only with --with. What is checked is the pool as it would be in the cluster: the \
        manifest, completed with the fields of the existing pool. In crd.projectcalico.org/v1, only a value of \
               the wrong type counts, because its CRD checks little else. The rest of the report evaluates \
               the cluster without the manifest of this pool.",
    fix: "Correct the field in the manifest of the pool.",
    source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go and \
             libcalico-go/lib/validator/v3/validator.go",
};

/// A finding for each.
pub(super) fn invalid_pools(overlay: &FileOverlay) -> impl Iterator<Item = Finding> {
    overlay.invalid.iter().map(|(object, invalid)| {
        let InvalidField { field, value, why } = invalid;
        Finding::error(
            &POOL_INVALID,
            object.clone(),
            format!("Calico's API rejects the pool: {why}"),
        )
        .evidence(object.clone(), *field, quoted(value))
        .impact("applying the manifests fails, and the pool is not created or stays as it is")
        .fix(format!("correct {field} in the manifest of {object}"))
    })
}
