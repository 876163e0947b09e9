"""The operator as a chart installs it, without a chart: the operator brings its CRDs itself."""

from .api import Refused, exists

NAME = "tigera-operator"


def install(api, version, native_crds):
    """Its namespace, its ServiceAccount, which may do all, and its Deployment, whose pod the kubelet runs.

    With native CRDs, Calico's own resources are CRDs of projectcalico.org (Calico 3.32 and later)."""
    create(api, "/api/v1/namespaces", {"metadata": {"name": NAME}})
    create(api, f"/api/v1/namespaces/{NAME}/serviceaccounts", {"metadata": {"name": NAME}})
    binding = {
        "metadata": {"name": NAME},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAME}],
    }
    create(api, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
    create(api, f"/apis/apps/v1/namespaces/{NAME}/deployments", deployment(version, native_crds))


def is_ready(api):
    """Whether it has brought the CRDs that an installation of Calico is described by."""
    return all(exists(api, f"/apis/operator.tigera.io/v1/{plural}") for plural in ["installations", "apiservers"])


def create(api, path, body):
    """Unless an earlier run has."""
    try:
        api.create(path, body)
    except Refused as answer:
        if answer.status != 409:
            raise


def deployment(version, native_crds):
    labels = {"name": NAME, "k8s-app": NAME}
    container = {
        "name": NAME,
        "image": f"quay.io/tigera/operator:{version}",
        "command": ["operator"],
        "args": ["-manage-crds=true"],
        "env": [
            {"name": "WATCH_NAMESPACE", "value": ""},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "OPERATOR_NAME", "value": NAME},
            {"name": "TIGERA_OPERATOR_INIT_IMAGE_VERSION", "value": version},
            *([{"name": "CALICO_API_GROUP", "value": "projectcalico.org/v3"}] if native_crds else []),
        ],
    }
    pod = {
        "serviceAccountName": NAME,
        "hostNetwork": True,
        "dnsPolicy": "ClusterFirstWithHostNet",
        "terminationGracePeriodSeconds": 60,
        "tolerations": [{"operator": "Exists"}],
        "containers": [container],
    }
    return {
        "metadata": {"name": NAME, "labels": {"k8s-app": NAME}},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"name": NAME}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
