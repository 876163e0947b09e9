//! The kube-proxy of kubeadm.

/// Installs the kube-proxy of kubeadm.
pub(crate) const INSTALL_KUBE_PROXY: &str = "# on a control plane node\n\
    kubectl --kubeconfig /etc/kubernetes/admin.conf get configmap \\\n  \
    -n kube-system kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' \\\n  \
    > kubeadm-config.yaml\n\
    kubeadm init phase addon kube-proxy --config kubeadm-config.yaml";
