//! Whether AWS passes unencapsulated pod traffic.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;
use serde_json::json;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::facts::cloud::Cloud;
use crate::assess::finding::Finding;
use crate::assess::views::felix::{AWS_CHECK, Felix};
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{FELIX_CONFIGURATIONS, IP_POOLS, NODES};

pub(crate) const AWS_SOURCE_CHECK: Check = Check {
    entry: Entry {
        code: "CAL309",
        title: "unencapsulated traffic on AWS requires the source/destination check to be off",
        meaning: "The nodes are AWS instances, and a pool is unencapsulated (None), or is within a \
                  subnet (CrossSubnet).",
        impact: "While the source/destination check of an instance's interfaces is on, as it is by \
                 default, AWS drops packets whose source or destination is not the instance's own \
                 address: pods on different nodes of a subnet then cannot reach each other.",
        criteria: "The Kubernetes API does not show whether the check is on, which is reported as \
                   a note. awsSrcDstCheck: Disable in FelixConfiguration makes Felix turn it off, \
                   if its instance is allowed to, and counts as off. Enable makes Felix turn it \
                   on, which is an error. IPIP and VXLAN without CrossSubnet do not depend on it.",
        fix: "Let Felix turn it off, with the permissions ec2:DescribeInstances and \
              ec2:ModifyNetworkInterfaceAttribute for the instances; turn it off by other means; \
              or always encapsulate.",
        source: "Calico documentation, Overlay networking on AWS; projectcalico/calico#8166",
    },
    needs: &[&IP_POOLS, &NODES, &FELIX_CONFIGURATIONS],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        if case.facts.cluster.cloud.value() != Some(&Cloud::Aws) {
            return Vec::new();
        }
        let plain = |pool: &CandidatePool| {
            let encapsulation = pool.encapsulation?;
            let plain = matches!(
                encapsulation,
                Encapsulation::None
                    | Encapsulation::IpipCrossSubnet
                    | Encapsulation::VxlanCrossSubnet
            );
            (plain && pool.has_pods).then_some(encapsulation)
        };
        let pools = candidate_pools(case);
        let found = pools.iter().find_map(|pool| Some((pool, plain(pool)?)));
        let Some((pool, encapsulation)) = found else {
            return Vec::new();
        };
        source_check(case, pool, encapsulation)
            .into_iter()
            .collect()
    },
};

fn source_check(
    case: &Case,
    pool: &CandidatePool,
    encapsulation: Encapsulation,
) -> Option<Finding> {
    const DROPPED: &str = "AWS drops traffic between pods on different nodes of a subnet";
    let told = Felix::of(case.snapshot).get(&AWS_CHECK);
    let value = told.as_ref().map(|told| told.value.to_ascii_lowercase());
    let finding = match value.as_deref() {
        Some("disable") => return None,
        Some("enable") => Finding::error(
            &AWS_SOURCE_CHECK.entry,
            pool.object(),
            format!(
                "Felix turns the source/destination check on, but {encapsulation} requires it to \
                 be off"
            ),
        )
        .impact(DROPPED)
        .fix(
            "let Felix turn it off, which takes ec2:DescribeInstances and \
             ec2:ModifyNetworkInterfaceAttribute",
        )
        .paste(ResourceWriter::of(case.snapshot).patch_spec(
            resource_writer::FELIX_CONFIGURATIONS,
            "default",
            &json!({"awsSrcDstCheck": "Disable"}),
        )),
        _ => Finding::note(
            &AWS_SOURCE_CHECK.entry,
            pool.object(),
            format!(
                "{encapsulation} requires the instances' source/destination check to be off, which \
                 the Kubernetes API does not show"
            ),
        )
        .impact(format!("while it is on, {DROPPED}"))
        .fix(
            "look it up for the nodes' instances; to let Felix turn it off, set awsSrcDstCheck: \
             Disable, which takes ec2:DescribeInstances and ec2:ModifyNetworkInterfaceAttribute",
        )
        .paste(
            "aws ec2 describe-instances --query \
             'Reservations[].Instances[].[InstanceId,SourceDestCheck]' --output text",
        ),
    };
    let finding = finding.evidence(pool.object(), pool.field("encapsulation"), encapsulation);
    Some(match told {
        Some(told) => finding.read(&told.from, told.value),
        None => finding.evidence(
            ObjectRef::named("FelixConfiguration", "default"),
            "spec.awsSrcDstCheck",
            "not set",
        ),
    })
}
