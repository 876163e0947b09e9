//! Whether the credentials of the CNI plugin are renewed.

use calico_core::catalog::Entry;

use crate::assess::check::{Check, Judges};
use crate::assess::finding::Finding;
use crate::repair::calico_node::set_variable;
use crate::snapshot::resources::DAEMON_SETS;
use crate::views::calico_node::CalicoNode;

pub(crate) const TOKEN_NOT_RENEWED: Check = Check {
    entry: Entry {
        code: "CAL513",
        title: "the CNI plugin's token is not renewed",
        meaning: "CALICO_MANAGE_CNI is false, so calico-node does not renew the token in \
                  /etc/cni/net.d/calico-kubeconfig.",
        impact: "The token that install-cni writes expires within a day. From then on, new pods \
                 stay in ContainerCreating with \"connection is unauthorized: Unauthorized\", and \
                 deleted ones in Terminating.",
        criteria: "The variable is false in calico-node's environment, and an init container \
                   install-cni writes the file. Applies only if Calico provides pod networking.",
        fix: "Set CALICO_MANAGE_CNI to true.",
        source: "projectcalico/calico v3.32.1, node/pkg/cni/token_watch.go; \
                 projectcalico/calico#5712, #9215",
    },
    needs: &[&DAEMON_SETS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        let Some(node) = CalicoNode::current(case.snapshot) else {
            return Vec::new();
        };
        let writes = node.prepares_with("install-cni") && node.does_networking() == Some(true);
        if node.value("CALICO_MANAGE_CNI") != Some("false") || !writes {
            return Vec::new();
        }
        let object = node.object();
        let finding = Finding::warning(
            &TOKEN_NOT_RENEWED.entry,
            &object,
            "calico-node does not renew the CNI plugin's token",
        )
        .evidence(&object, "env CALICO_MANAGE_CNI", false)
        .impact(
            "a day after install-cni ran on a node, pods can be neither started nor deleted there \
             (Unauthorized)",
        )
        .fix("have calico-node renew the token; this restarts calico-node node by node")
        .paste(set_variable(&object, "CALICO_MANAGE_CNI", "true"));
        vec![finding]
    },
};
