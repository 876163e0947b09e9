//! Whether AWS lets the packets of pods pass that are not encapsulated.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;
use serde_json::json;

use super::paste;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::facts::cluster::Cloud;
use crate::assess::finding::Finding;
use crate::assess::views::felix::{AWS_CHECK, Felix};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{FELIX_CONFIGURATIONS, IP_POOLS, NODES};

pub(crate) const AWS_SOURCE_CHECK: Check = Check {
    entry: Entry {
        code: "CAL309",
        title: "on AWS, plain routes need the source/destination check off",
        meaning: "The nodes are AWS instances, and a pool uses plain routes (None), or does inside \
                of a subnet (CrossSubnet).",
        impact: "AWS drops packets whose source or destination is not an instance's own address, \
                  as long as the source/destination check of its interfaces is on, which it is by \
                  default: pods on different nodes of a subnet then do not reach each other.",
        criteria: "Whether the check is on cannot be read from the Kubernetes API; that is said as \
                 a note. FelixConfiguration awsSrcDstCheck: Disable has Felix turn it off, if its \
                 instance may, and counts as off. Enable has Felix turn it on, which is an error. \
                 IPIP and VXLAN that always encapsulate do not depend on it.",
        fix: "Have Felix turn it off, with the permissions ec2:DescribeInstances and \
              ec2:ModifyNetworkInterfaceAttribute for the instances; turn it off by other means; \
              or encapsulate always.",
        source: "Calico's documentation, overlay networking on AWS; projectcalico/calico#8166",
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
    const DROPPED: &str = "AWS drops what pods on different nodes of a subnet send each other";
    let told = Felix::of(case.snapshot).get(&AWS_CHECK);
    let value = told.as_ref().map(|told| told.value.to_ascii_lowercase());
    let finding = match value.as_deref() {
        Some("disable") => return None,
        Some("enable") => Finding::error(
            &AWS_SOURCE_CHECK.entry,
            pool.object(),
            format!(
                "Felix turns the source/destination check on, and {encapsulation} needs it off"
            ),
        )
        .impact(DROPPED)
        .fix("have Felix turn it off, with the permissions that it takes")
        .paste(paste::spec(
            case,
            "felixconfigurations",
            "default",
            &json!({"awsSrcDstCheck": "Disable"}),
        )),
        _ => Finding::note(
            &AWS_SOURCE_CHECK.entry,
            pool.object(),
            format!(
                "{encapsulation} needs the source/destination check of the instances off; whether \
                 it is cannot be seen from here"
            ),
        )
        .impact(format!("while it is on, {DROPPED}"))
        .fix(
            "look it up for the instances of the nodes; to have Felix turn it off, set \
             awsSrcDstCheck: Disable, with the permissions that it takes",
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
