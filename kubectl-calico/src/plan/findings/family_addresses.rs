//! Nodes without an address of a new pool's family.

use calico_core::cidr::Family;

use crate::assess::finding::{Finding, Severity};
use crate::phrases::few;
use crate::plan::catalog::FAMILY_WITHOUT_ADDRESSES;
use crate::plan::inputs::Inputs;
use crate::plan::node_families::{is_left_out, is_on_no_node};
use crate::plan::pool::Pool;
use crate::snapshot::{Node, ObjectRef};
use crate::views::node_families::without;

/// The findings about new pools, and about families that are left out.
pub(crate) fn findings(inputs: &Inputs, planned: &[Pool]) -> Vec<Finding> {
    let new = planned.iter().filter(|pool| pool.existing.is_none());
    let new = new.filter_map(|pool| {
        let cidr = pool.cidr.value()?.to_string();
        finding(inputs, pool.family, cidr)
    });
    new.chain(left_out(inputs)).collect()
}

fn finding(inputs: &Inputs, family: Family, subject: String) -> Option<Finding> {
    let (lacking, _) = without(inputs.snapshot, family);
    let (severity, message) = if is_on_no_node(inputs, family) {
        let message = format!("no node reports an {family} address");
        (Severity::Error, message)
    } else {
        let names: Vec<&str> = lacking
            .iter()
            .map(|node| node.metadata.name.as_str())
            .collect();
        let message = format!("no {family} address is reported by {}", few(&names));
        (Severity::Warning, message)
    };
    let finding = Finding::new(&FAMILY_WITHOUT_ADDRESSES, severity, subject, message);
    (!lacking.is_empty()).then(|| {
        described(finding, &lacking).impact(format!(
            "calico-node does not start on a node without an {family} address once there is an {family} pool, and the \
             rollout stops there"
        ))
        .fix(fix(family))
    })
}

/// Families of the pod network that the plan leaves out.
fn left_out(inputs: &Inputs) -> impl Iterator<Item = Finding> {
    let families = Family::BOTH.into_iter();
    families.filter_map(|family| {
        let network = inputs.pod_network()?;
        let cidr = network.of_family(family).next()?;
        let (lacking, _) = without(inputs.snapshot, family);
        let message =
            format!("no node reports an {family} address, so no {family} pool is planned");
        let finding = Finding::warning(&FAMILY_WITHOUT_ADDRESSES, cidr.to_string(), message)
            .read(&network.from, network.list());
        is_left_out(inputs, family).then(|| {
            described(finding, &lacking)
                .impact(format!("pods get no {family} address"))
                .fix(fix(family))
        })
    })
}

fn described(finding: Finding, nodes: &[&Node]) -> Finding {
    finding.for_few(nodes.iter(), |finding, node| {
        let addresses: Vec<&str> = node.internal_addresses().collect();
        let object = ObjectRef::named("Node", &node.metadata.name);
        finding.evidence(object, "status.addresses InternalIP", addresses.join(", "))
    })
}

fn fix(family: Family) -> String {
    format!(
        "give every node an {family} address, start its kubelet with --node-ip=IPV4,IPV6 unless a cloud provider sets \
         the addresses, then run kubectl calico plan again"
    )
}
