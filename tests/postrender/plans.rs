//! Plans of a cluster, as kubectl-calico writes them.

/// The plan of a cluster without Calico.
pub(crate) const NEW: &str = r#"apiVersion: "kubectl-calico/v1alpha1"
kind: "ClusterPlan"
complete: true
server: "https://10.0.0.1:6443"
pools:
- {"cidr": "10.244.0.0/16", "blockSize": 25, "encapsulation": "VXLANCrossSubnet"}
podNetwork: {"cidrs": ["10.244.0.0/16"], "source": "ConfigMap kube-system/kubeadm-config", "enforced": true}
"#;

/// The plan of a cluster with one pool, owned by the operator.
pub(crate) const EXISTING: &str = r#"apiVersion: "kubectl-calico/v1alpha1"
kind: "ClusterPlan"
complete: true
server: "https://10.0.0.1:6443"
existingPools:
- {"name": "default-ipv4-ippool", "cidr": "10.244.0.0/16", "blockSize": 26, "encapsulation": "VXLAN", "owned": true}
"#;

/// A shell script that prints a plan.
pub(crate) fn print(plan: &str) -> String {
    format!("cat <<'PLAN'\n{plan}PLAN\n")
}

#[test]
fn hundreds_of_existing_pools_take_no_time() {
    let mut plan =
        "apiVersion: kubectl-calico/v1alpha1\nkind: ClusterPlan\ncomplete: true\nexistingPools:\n"
            .to_owned();
    for pool in 0..800 {
        plan += &format!(
            "- {{name: p{pool}, cidr: 10.{}.{}.0/24, blockSize: 26, encapsulation: IPIP, owned: true}}\n",
            pool / 256,
            pool % 256
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.yaml");
    std::fs::write(&file, plan).unwrap();
    let input =
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n";
    let start = std::time::Instant::now();
    let ran = crate::filter::filter(&["--config", file.to_str().unwrap()], input.as_bytes());
    assert!(ran.stderr.contains("pools-maximum"), "{}", ran.stderr);
    // A debug build takes half a second; with a cubic algorithm, more than 20.
    assert!(start.elapsed().as_secs() < 15, "{:?}", start.elapsed());
}
