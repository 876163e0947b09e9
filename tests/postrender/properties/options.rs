//! Generated options and clusters.

use calico_core::cluster_plan::{ClusterPlan, ExistingPool, PlannedPool};
use helm_postrender::{Cluster, Fields, Options, PlanSource, Request};
use proptest::prelude::*;

/// CIDR, block size and encapsulation to set, for any of the two families.
pub(super) fn options() -> impl Strategy<Value = Options> {
    let v4 = Fields {
        cidr: Some("172.16.0.0/16".parse().unwrap()),
        block_size: Some("24".parse().unwrap()),
        encapsulation: Some("VXLAN".parse().unwrap()),
    };
    let v6 = Fields {
        cidr: Some("fd00:10::/56".parse().unwrap()),
        block_size: Some("120".parse().unwrap()),
        encapsulation: Some("VXLANCrossSubnet".parse().unwrap()),
    };
    let fields = |full: Fields| {
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            move |(cidr, size, encapsulation)| Fields {
                cidr: full.cidr.filter(|_| cidr),
                block_size: full.block_size.filter(|_| size),
                encapsulation: full.encapsulation.filter(|_| encapsulation),
            },
        )
    };
    (fields(v4), fields(v6)).prop_map(|(v4, v6)| Options {
        request: Request {
            v4,
            v6,
            ..Request::default()
        },
        ..Options::default()
    })
}

/// Other fields of an existing pool, with values of every type and strings that YAML may read as something else.
const OTHERS: &str = r#"{name: "off", natOutgoing: Disabled, nodeSelector: "has(a) && b == 'c: \"d\"' # e",
    allowedUses: [Workload, "y"], disableBGPExport: true, assignmentMode: "1_0", disableNewAllocations: false}"#;

/// A cluster with existing pools of one family or both, owned by the operator or not.
pub(super) fn cluster() -> impl Strategy<Value = Cluster> {
    let existing = |name: &str, cidr: &str, block_size, encapsulation: &str, owned| ExistingPool {
        name: name.to_owned(),
        cidr: cidr.to_owned(),
        block_size,
        encapsulation: encapsulation.to_owned(),
        owned,
        other_fields: serde_yaml::from_str(OTHERS).unwrap(),
    };
    let needed = |cidr: &str, block_size| PlannedPool {
        cidr: Some(cidr.to_owned()),
        block_size: Some(block_size),
        encapsulation: Some("VXLAN".to_owned()),
        ..PlannedPool::default()
    };
    let planned = vec![needed("10.244.0.0/17", 25), needed("fd00:244::/64", 123)];
    (any::<[bool; 4]>(), any::<bool>()).prop_map(move |(owned, second)| {
        let pools = [
            existing("a", "10.244.0.0/16", 24, "VXLAN", owned[0]),
            existing("b", "fd00:244:0::/64", 122, "VXLANCrossSubnet", owned[1]),
            existing("c", "10.9.0.1/24", 26, "IPIP", owned[2]),
        ];
        let count = if second { 3 } else { usize::from(owned[3]) };
        Cluster {
            plan: ClusterPlan {
                pools: planned.clone(),
                existing_pools: pools[..count].to_vec(),
                ..ClusterPlan::default()
            },
            source: PlanSource::Config,
            path: "plan.yaml".to_owned(),
        }
    })
}
