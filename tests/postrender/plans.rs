//! Plans of a cluster, as kubectl-calico writes them.

/// The plan of a cluster without Calico.
pub(crate) const NEW: &str = r#"apiVersion: "kubectl-calico/v1alpha1"
kind: "ClusterPlan"
server: "https://10.0.0.1:6443"
pools:
- {"cidr": "10.244.0.0/16", "blockSize": 25, "encapsulation": "VXLANCrossSubnet"}
podNetwork: {"cidrs": ["10.244.0.0/16"], "source": "ConfigMap kube-system/kubeadm-config", "enforced": true}
"#;

/// The plan of a cluster with one pool, owned by the operator.
pub(crate) const EXISTING: &str = r#"apiVersion: "kubectl-calico/v1alpha1"
kind: "ClusterPlan"
server: "https://10.0.0.1:6443"
existingPools:
- {"name": "default-ipv4-ippool", "cidr": "10.244.0.0/16", "blockSize": 26, "encapsulation": "VXLAN", "owned": true}
"#;

/// A shell script that prints a plan.
pub(crate) fn print(plan: &str) -> String {
    format!("cat <<'PLAN'\n{plan}PLAN\n")
}
