//! CRDs, Calico's and those of this repository.

use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// Client-side apply keeps the manifest in an annotation, whose size is limited.
#[test]
fn a_large_crd_needs_server_side_apply() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let own = include_str!("../../fixtures/crds/operator.tigera.io.yaml");
    let schema = "openAPIV3Schema:\n";
    let description = format!(
        "{schema}          description: {}\n",
        "long ".repeat(60_000)
    );
    let mut manifests = vec![own.replacen(schema, &description, 1)];
    if let Some(folder) = Crds::V3_28.real() {
        let installation = folder.join("operator.tigera.io_installations_crd.yaml");
        manifests.push(std::fs::read_to_string(installation).expect("a readable CRD"));
    }
    for manifest in manifests {
        let refused = cluster
            .kubectl_reading(&manifest, ["apply", "--filename=-"])
            .failed()
            .stderr;
        assert!(
            refused.contains("metadata.annotations: Too long") && refused.contains("262144 bytes"),
            "{refused}"
        );
        cluster.apply(&manifest);
    }
}

/// As far as the operator's rules depend on it.
#[test]
fn the_crds_of_this_repository_validate_an_installation_as_calicos_do() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    for crds in [Crds::Own, Crds::V3_28, Crds::V3_32] {
        if crds != Crds::Own && crds.real().is_none() {
            continue;
        }
        cluster.install_crds(crds);
        let dry_run = |network: &str| {
            let manifest = format!(
                "{{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {{name: default}}, \
                 spec: {{calicoNetwork: {network}}}}}"
            );
            cluster.kubectl_reading(&manifest, ["create", "--dry-run=server", "--filename=-"])
        };
        for accepted in [
            "{bgp: Disabled, ipPools: [{cidr: 10.48.0.0/16, blockSize: 26, encapsulation: VXLANCrossSubnet}]}",
            // Only the operator validates the values.
            "{ipPools: [{cidr: banana, blockSize: 99}]}",
            "{}",
        ] {
            dry_run(accepted).succeeded();
        }
        for (refused, field) in [
            ("{bgp: disabled}", "spec.calicoNetwork.bgp"),
            (
                "{linuxDataplane: eBPF}",
                "spec.calicoNetwork.linuxDataplane",
            ),
            (
                "{ipPools: [{blockSize: 26}]}",
                "spec.calicoNetwork.ipPools[0].cidr",
            ),
            (
                "{ipPools: [{cidr: 10.48.0.0/16, encapsulation: ipip}]}",
                "spec.calicoNetwork.ipPools[0].encapsulation",
            ),
            (
                "{ipPools: [{cidr: 10.48.0.0/16, natOutgoing: true}]}",
                "spec.calicoNetwork.ipPools[0].natOutgoing",
            ),
            (
                "{ipPools: [{cidr: 10.48.0.0/16, blockSize: '26'}]}",
                "spec.calicoNetwork.ipPools[0].blockSize",
            ),
        ] {
            let why = dry_run(refused).failed().stderr;
            assert!(why.contains(field), "{crds:?}: {refused}: {why}");
        }
    }
}

/// Calico 3.32 can keep its resources in this group.
#[test]
fn projectcalico_org_v3_is_served() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    cluster.install_crds(Crds::Native);
    cluster.apply(
        r#"
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: default-ipv4-ippool}
spec: {cidr: 10.48.0.0/16, blockSize: 26, vxlanMode: CrossSubnet, natOutgoing: true}
status: {conditions: [{type: Allocatable, status: "True"}]}
---
apiVersion: migration.projectcalico.org/v1beta1
kind: DatastoreMigration
metadata: {name: v1-to-v3}
spec: {type: V1ToV3}
status: {phase: Converged}
"#,
    );
    for (resource, path, expected) in [
        (
            "ippools.projectcalico.org",
            "{.items[0].status.conditions[0].type}",
            "Allocatable",
        ),
        (
            "ippools.projectcalico.org",
            "{.items[0].spec.vxlanMode}",
            "CrossSubnet",
        ),
        (
            "datastoremigrations",
            "{.items[0].status.phase}",
            "Converged",
        ),
    ] {
        let output = format!("--output=jsonpath={path}");
        let found = cluster.kubectl(["get", resource, &output]).succeeded();
        assert_eq!(found.stdout, expected, "{resource} {path}");
    }
}
