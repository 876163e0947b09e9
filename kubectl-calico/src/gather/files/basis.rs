//! Whether files describe a cluster, or what is proposed for one.

use super::Files;
use crate::gather::file_object::FileObject;
use crate::snapshot::{Basis, BasisKind};

impl Files {
    /// What the files describe: what is given, or what their objects show. The objects of Calico decide:
    /// those around it, such as nodes, may come from the cluster for which something is proposed.
    pub(super) fn basis(&self) -> Basis {
        if let Some(given) = &self.basis {
            return given.clone();
        }
        if self.header.is_some() {
            return Basis::known(BasisKind::Cluster, "it was read from a snapshot");
        }
        let of_calico = || self.objects.values().filter(|object| object.is_of_calico());
        let marked = if of_calico().next().is_some() {
            of_calico().find_map(mark)
        } else {
            self.objects.values().find_map(mark)
        };
        match marked {
            Some(why) => Basis::detected(BasisKind::Cluster, why),
            None => Basis::detected(
                BasisKind::Proposal,
                "no Calico object has a field that only a server sets, such as uid or status",
            ),
        }
    }
}

/// What an object has only in a cluster.
fn mark(object: &FileObject) -> Option<String> {
    let mark = object.mark?;
    Some(format!("{} {mark}", object.reference()))
}
