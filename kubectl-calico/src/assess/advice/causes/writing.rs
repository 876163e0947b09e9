//! Messages about objects that the operator cannot read or write.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/utils and pkg/controller/certificatemanager;
//! kubernetes v1.34, staging/src/k8s.io/apiserver, for what an API server answers.

use super::commands::{
    api_services, apply_definitions, image_sets, namespaces, operator_pod, operator_role, quotas,
    secrets, webhooks,
};
use super::known_cause::KnownCause;
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::crds::KINDS_NOT_SERVED;
use crate::assess::checks::deletion::DELETION_STUCK;
use crate::assess::checks::kubernetes_version::OPERATOR_TOO_OLD;

/// A kind of the operator's or Calico's is not served.
const NO_DEFINITION: KnownCause = KnownCause {
    means: "a CustomResourceDefinition is missing, or older than the operator",
    fix: "apply operator-crds.yaml of the operator's release; helm upgrade does not do that",
    explained_by: &[&KINDS_NOT_SERVED],
    paste: apply_definitions,
    ..KnownCause::USUAL
};

/// A certificate cannot be used.
const BAD_CERTIFICATE: KnownCause = KnownCause {
    means: "a certificate is invalid or incomplete",
    fix: "correct the Secret named in the message, in the operator's namespace, or delete it: the \
          operator issues a new one",
    paste: secrets,
    ..KnownCause::USUAL
};

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["no matches for kind \"podsecuritypolicy\""],
        written_by: (20, Some(27)),
        means: "the operator needs PodSecurityPolicy, which Kubernetes 1.25 and later do not have",
        fix: "upgrade the operator; if the platform installs the operator, upgrade the cluster to a version \
              that ships a newer one",
        explained_by: &[&OPERATOR_TOO_OLD],
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["no matches for kind"],
        ..NO_DEFINITION
    },
    KnownCause {
        texts: &["the server could not find the requested resource"],
        ..NO_DEFINITION
    },
    // Such as kubernetesProvider Kind, which the operator detects since 1.40; since 1.42.3 it updates the definition
    // first, if it manages the definitions at all.
    KnownCause {
        texts: &["failed to write defaults", "unsupported value"],
        means: "the definition of the Installation is older than the operator, and does not allow a \
                value that the operator sets",
        ..NO_DEFINITION
    },
    KnownCause {
        texts: &["failed calling webhook"],
        means: "a webhook that does not respond prevents the operator from writing an object",
        fix: "restore the program behind the webhook named in the message, or delete its \
              configuration: a webhook for objects of calico-system must not depend on the pod \
              network",
        paste: webhooks,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["admission webhook", "denied the request"],
        means: "a webhook rejects an object of the operator",
        fix: "exempt the namespaces calico-system, calico-apiserver and tigera-operator in the \
              policy named in the message",
        paste: webhooks,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["because it is being terminated"],
        means: "a namespace that the operator needs is being deleted",
        fix: "find out what prevents the deletion of the namespace; once it is gone, the operator recreates it",
        explained_by: &[&DELETION_STUCK, &API_SERVER_SILENT],
        paste: namespaces,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["exceeded quota"],
        means: "a ResourceQuota prevents the operator from creating an object",
        fix: "raise or delete the quota named in the message",
        paste: quotas,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["is forbidden", "system:serviceaccount:"],
        means: "the operator's ClusterRole lacks a permission, usually because it is older than \
                the operator",
        fix: "apply tigera-operator.yaml or the chart of the operator's release, including its \
              ClusterRole",
        paste: operator_role,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["field is immutable"],
        means: "an object of another release has a field that cannot be changed",
        fix: "delete the object named in the message; the operator recreates it",
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["unable to retrieve the complete list of server apis"],
        means: "an aggregated API does not respond, so the operator cannot list what the API \
                server serves",
        fix: "restore the API named in the message, or delete its APIService",
        paste: api_services,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["error with images from imageset"],
        means: "the ImageSet lacks an image of this release",
        fix: "add the images named in the message, or delete the ImageSet",
        paste: image_sets,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["error", "imageset"],
        means: "the operator cannot use the ImageSet",
        fix: "correct the ImageSet: its name is calico- and the version of Calico, and each \
              digest starts with sha256:",
        paste: image_sets,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["error retrieving pull secrets"],
        means: "a Secret that imagePullSecrets of the Installation names does not exist in the \
                operator's namespace",
        fix: "create it there; the operator copies it to the namespaces that need it",
        paste: secrets,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["unable to create the tigera ca"],
        means: "the operator cannot read or create the Secret tigera-ca-private of its \
                certificate authority",
        fix: "fix or delete the Secret: the message says what is wrong with it",
        paste: secrets,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["error with typha/felix secrets"],
        means: "a certificate of Typha or calico-node is invalid or incomplete",
        ..BAD_CERTIFICATE
    },
    KnownCause {
        texts: &["tls key pair"],
        ..BAD_CERTIFICATE
    },
    KnownCause {
        texts: &["tls certificate"],
        ..BAD_CERTIFICATE
    },
    KnownCause {
        texts: &["the object has been modified"],
        means: "another writer changed the object at the same time",
        fix: "check again in a minute: the operator tries again",
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["etcdserver:"],
        means: "the etcd of Kubernetes is overloaded or has no leader",
        fix: "restore etcd; the operator tries again",
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["dial tcp"],
        means: "the operator cannot reach the address in the message",
        fix: "find out why: usually the API server is overloaded, or kube-proxy or the node's \
              network does not work on the operator's node",
        paste: operator_pod,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["context deadline exceeded"],
        means: "the API server did not answer the operator in time",
        fix: "check again in a minute; if it persists, find out why the API server is slow",
        ..KnownCause::USUAL
    },
];
