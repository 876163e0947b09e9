//! Whether AWS passes unencapsulated pod traffic.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;
use serde_json::json;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::Finding;
use crate::facts::cloud::Cloud;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{FELIX_CONFIGURATIONS, IP_POOLS, NODES};
use crate::views::felix::{AWS_CHECK, Felix};

pub(crate) const AWS_SOURCE_CHECK: Check = Check {
    entry: Entry {
        code: "CAL309",
        title: "unencapsulated traffic on AWS requires source/destination checks to be disabled",
        meaning: "The nodes are AWS instances, and traffic of a pool is unencapsulated, either \
                  always (None) or within a subnet (CrossSubnet).",
        impact: "While source/destination checks are enabled on an instance's interfaces, which is \
                 the default, AWS drops packets whose source or destination is not the instance's \
                 own address: pods on different nodes in a subnet then cannot reach each other.",
        criteria: "The Kubernetes API does not show whether the check is enabled, so the finding \
                   is a note. With awsSrcDstCheck: Disable in FelixConfiguration, Felix disables \
                   the check if the instance has the permissions for it, and there is no finding. \
                   With Enable, Felix enables the check, and the finding is an error. IPIP and \
                   VXLAN without CrossSubnet do not depend on the check.",
        fix: "Let Felix disable the check, which requires the permissions ec2:DescribeInstances \
              and ec2:ModifyNetworkInterfaceAttribute for the instances; disable it by other \
              means; or always encapsulate.",
        source: "Calico documentation, Overlay networking on AWS; projectcalico/calico#8166",
    },
    needs: &[&IP_POOLS, &NODES, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        if case.facts.cluster.cloud.value() != Some(&Cloud::Aws) {
            return Vec::new();
        }
        let plain = |pool: &CandidatePool| {
            let encapsulation = pool.encapsulation.filter(|_| pool.has_pods);
            encapsulation.filter(|it| it.is_ever_unencapsulated())
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
    const DROPPED: &str = "AWS drops traffic between pods on different nodes in a subnet";
    let told = Felix::of(case.snapshot).get(&AWS_CHECK);
    let value = told.as_ref().map(|told| told.value.to_ascii_lowercase());
    let finding = match value.as_deref() {
        Some("disable") => return None,
        Some("enable") => Finding::error(
            &AWS_SOURCE_CHECK.entry,
            pool.object(),
            format!(
                "Felix enables the source/destination check, but {encapsulation} requires it to be \
                 disabled"
            ),
        )
        .impact(DROPPED)
        .fix(
            "let Felix disable it, which requires ec2:DescribeInstances and \
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
                "{encapsulation} requires source/destination checks to be disabled on the \
                 instances, which the Kubernetes API does not show"
            ),
        )
        .impact(format!("while they are enabled, {DROPPED}"))
        .fix(
            "check the setting of the nodes' instances; to let Felix disable it, set \
             awsSrcDstCheck: Disable, which requires ec2:DescribeInstances and \
             ec2:ModifyNetworkInterfaceAttribute",
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
