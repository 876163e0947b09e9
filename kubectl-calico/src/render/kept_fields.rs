//! docs/snapshot.md: what is kept of each object that is read.

use std::fmt::Write as _;

use crate::snapshot::resource::Resource;
use crate::snapshot::resources::RESOURCES;
use crate::snapshot::trim::keep::{Fields, paths};

const INTRODUCTION: &str = "\
# What a snapshot contains

`kubectl calico snapshot` prints what `kubectl calico status` and `kubectl calico plan` read from a cluster. It
contains the fields below and nothing else. In particular, it contains no Secrets, and no arguments, probes, volumes,
environment variables, annotations, labels or ConfigMap entries other than those listed. It does contain names and
addresses: to share it outside your team, add [`--redact`](status.md#redaction), and read the result first. The first document names the API server, the kubeconfig context, the Kubernetes version and the time, and lists what could not
be read, with the server's message.

Messages from the operator, the kubelet and the scheduler are included, because findings quote them. The last message of a container is included only while the container is not ready. If a pod
fails, its events and the last lines of its log are included, too (`PodLog`, which is not a kind of Kubernetes).
`kubectl calico snapshot --no-logs` leaves them out. Of all of these, lines that may contain a password, a token, a cookie or a
key are left out.

With `--pods`, addresses in IPAM that no pod has are included (`PodAddress`, which is not a kind of
Kubernetes either), with the names of the pods that they are assigned to. All other pods are only compared.

The same fields are kept when `status` and `plan` read a cluster or files, so nothing else can influence a report.
";

/// The page.
pub fn kept_fields() -> String {
    let mut page = String::from(INTRODUCTION);
    let mut rows = RESOURCES.to_vec();
    rows.sort_by_key(|row| heading(row));
    rows.dedup_by_key(|row| heading(row));
    for row in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "\n## {}\n", heading(row));
        for line in lines(row.fields) {
            let _ = writeln!(page, "- {line}");
        }
    }
    page
}

/// The kind; with the name if individual objects are read.
fn heading(row: &Resource) -> String {
    match row.kind {
        "ConfigMap" => row.object().to_string(),
        kind => kind.to_owned(),
    }
}

fn lines(fields: Fields) -> impl Iterator<Item = String> {
    paths(fields).into_iter().map(|(path, part)| {
        if part.is_empty() {
            format!("`{path}`")
        } else {
            format!("`{path}`: {part}")
        }
    })
}
