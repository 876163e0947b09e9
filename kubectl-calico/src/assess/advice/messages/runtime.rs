//! Messages of the kubelet and the container runtime.

use super::commands::{describe, nodes, nodes_by_architecture};
use super::connection::{CLOSED, GIVEN_UP, NOT_ESTABLISHED, TOO_LATE};
use super::known_message::KnownMessage;
use super::server::Server;

const NO_REGISTRY: &str = "the node cannot reach the registry of the image";

pub(super) const MESSAGES: &[KnownMessage] = &[
    KnownMessage {
        any: &[
            &["cpu does not support x86-64-v"],
            &["can only be run on amd64 processors with v"],
        ],
        means: "the node's CPU lacks instructions that the image needs",
        fix: "give the virtual machine of the node a newer CPU type (QEMU: host or x86-64-v2-AES in place of kvm64), or run \
              Calico on newer machines: its images need x86-64-v2",
        paste: nodes,
        source: "projectcalico/calico#11352; glibc, sysdeps/x86/dl-get-cpu-features.c; Go 1.23, runtime/asm_amd64.s",
        examples: &[
            "Fatal glibc error: CPU does not support x86-64-v2",
            "This program can only be run on AMD64 processors with v2 microarchitecture support.",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["exec format error"],
        means: "the image is for a different architecture than the node's",
        fix: "use an image for the architecture of the node: Calico's own images have amd64, \
         arm64, ppc64le and s390x",
        paste: nodes_by_architecture,
        source: "Linux, errno ENOEXEC",
        examples: &["exec /usr/bin/start_runit: exec format error"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no match for platform in manifest"],
        means: "the registry has no image for the node's architecture",
        fix: "mirror the image with all its platforms, or use the one of the node's \
         architecture",
        paste: nodes_by_architecture,
        source: "containerd v1.7.22, images/image.go",
        examples: &[
            "Failed to pull image \"registry.local/calico/node:v3.30.7\": rpc error: code = \
         NotFound desc = failed to pull and unpack image: no match for platform in \
         manifest: not found",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["toomanyrequests"],
        means: "the registry limits how often images are pulled from this address",
        fix: "pull with credentials (imagePullSecrets), from quay.io, or from a mirror",
        source: "Docker documentation, Docker Hub pull usage and limits",
        examples: &[
            "Failed to pull image \"docker.io/calico/node:v3.30.7\": toomanyrequests: You \
         have reached your pull rate limit",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &[
            "pull image",
            "x509: certificate signed by unknown authority",
        ],
        means: "the node does not trust the registry's certificate",
        fix: "add the CA of the registry, or of the proxy in between, to the container \
         runtime of the node",
        source: "containerd documentation, hosts.md",
        examples: &[
            "Failed to pull image \"registry.local/calico/node:v3.30.7\": failed to do \
         request: Head \"https://registry.local/v2/\": tls: failed to verify certificate: \
         x509: certificate signed by unknown authority",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no such host"],
        to: &[Server::Registry],
        means: NO_REGISTRY,
        fix: "correct the name of the registry, or the DNS servers of the node: cluster DNS is not used for \
              images",
        source: "containerd v1.7.22, remotes/docker/resolver.go",
        examples: &[
            "Failed to pull image \"docker.io/calico/node:v3.30.7\": failed to do request: Head \
         \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        any: &[
            &[": connect: "],
            NOT_ESTABLISHED,
            TOO_LATE,
            GIVEN_UP,
            CLOSED,
        ],
        to: &[Server::Registry],
        means: NO_REGISTRY,
        fix: "let the node reach the registry (firewall, or the proxy of the container runtime), or use a mirror",
        source: "containerd v1.7.22, remotes/docker/resolver.go",
        examples: &[
            "failed to pull and unpack image \"docker.io/calico/cni:v3.30.7\": failed to do request: Head \
         \"https://registry-1.docker.io/v2/\": dial tcp 192.0.2.1:443: i/o timeout",
            "Failed to pull image \"quay.io/calico/cni:v3.30.7\": failed to do request: Head \
         \"https://quay.io/v2/\": dial tcp 192.0.2.1:443: connect: connection refused",
            "failed to do request: Head \"https://registry.local/v2/calico/cni/manifests/v3.30.7\": net/http: TLS \
         handshake timeout",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        any: &[&["insufficient_scope", "pull access denied"]],
        means: "the registry has no such image, or the node's credentials do not give access to it",
        fix: "correct the registry, the path and the name of the image; if they are right, add a pull secret",
        paste: describe,
        source: "containerd v1.7.22, remotes/docker/errcode.go; distribution/distribution, \
         docs/spec/auth/scope.md",
        examples: &[
            "Failed to pull image \"docker.io/calico/cni:v3.30.7\": pull access denied, repository does not exist or \
         may require authorization: server message: insufficient_scope: authorization failed",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["expected cgroupspath to be of format"],
        means: "the kubelet and the container runtime use different cgroup drivers",
        fix: "set the same one in both, systemd where systemd runs: cgroupDriver of the \
         kubelet, SystemdCgroup of containerd; then restart both on the node",
        paste: nodes,
        source: "opencontainers/runc v1.1.12, libcontainer/specconv/spec_linux.go; \
         kubernetes/kubeadm documentation",
        examples: &[
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create \
         containerd task: runc create failed: expected cgroupsPath to be of format \
         \"slice:prefix:name\" for systemd cgroups, got \"/kubepods/burstable/pod1\"",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["read-only file system"],
        without: &["/proc/sys/"],
        means: "a directory that the container needs is on a read-only file system of the node",
        source: "siderolabs/talos#6902; projectcalico/calico#2712",
        examples: &["Error: failed to generate container spec: failed to mkdir \
         \"/usr/libexec/kubernetes/kubelet-plugins/volume/exec/nodeagent~uds\": mkdir \
         /usr/libexec/kubernetes: read-only file system"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["mountvolume.setup failed", "not found"],
        means: "a Secret or ConfigMap that the pod mounts does not exist",
        fix: "create it: apply the whole manifest that it comes from, or let the operator \
         create it (kubectl get tigerastatus)",
        paste: describe,
        source: "kubernetes v1.34, pkg/volume/secret/secret.go",
        examples: &[
            "MountVolume.SetUp failed for volume \"typha-ca\" : configmap \"typha-ca\" not \
         found",
        ],
        ..KnownMessage::USUAL
    },
    // CAL108 knows what to do about the CSI driver.
    KnownMessage {
        texts: &["hostpath type check failed", "/kubelet"],
        means: "the kubelet of the node keeps its files in a different directory than the pod expects",
        source: "kubernetes v1.34, pkg/volume/hostpath/host_path.go; labring/sealos#2898",
        examples: &[
            "MountVolume.SetUp failed for volume \"kubelet-dir\" : hostPath type check \
                     failed: /var/lib/kubelet is not a directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["hostpath type check failed"],
        without: &["/kubelet"],
        means: "a directory that the pod mounts from the node does not exist",
        fix: "create it on the node as the line says: for /sys/fs/bpf, mount -t bpf bpf \
         /sys/fs/bpf; on systems that keep it elsewhere, change the manifest",
        paste: describe,
        source: "kubernetes v1.34, pkg/volume/hostpath/host_path.go",
        examples: &[
            "MountVolume.SetUp failed for volume \"bpffs\" : hostPath type check failed: \
         /sys/fs/bpf is not a directory",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["but it is not a shared"],
        means: "a mount on the node does not have the shared propagation that the container needs",
        fix: "make it shared on the node (mount --make-rshared /); systemd does that by default",
        paste: nodes,
        source: "containerd v1.7.22, pkg/cri/opts/spec_linux_opts.go",
        examples: &[
            "Error: failed to generate container spec: failed to apply OCI options: path \
         \"/sys/fs\" is mounted on \"/sys\" but it is not a shared mount",
        ],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["too many open files"],
        means: "the node has reached a limit of open files or inotify instances",
        fix: "raise fs.inotify.max_user_instances and fs.inotify.max_user_watches on the node",
        paste: nodes,
        source: "kind documentation, Known issues",
        examples: &["failed to create fsnotify watcher: too many open files"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["no space left on device"],
        means: "a file system of the node is full, or its inotify watches are used up",
        fix: "free space on the node (df -h and df -i show which file system), or raise \
              fs.inotify.max_user_watches",
        paste: nodes,
        source: "Linux, errno ENOSPC",
        examples: &[
            "Failed to create pod sandbox: write /var/lib/calico/nodename: no space left on \
         device",
        ],
        ..KnownMessage::USUAL
    },
    // A probe of calico-node that ends by itself says what is not ready.
    KnownMessage {
        texts: &["probe failed:"],
        at_end: true,
        is_general: true,
        means: "a probe timed out before it had a result",
        fix: "give the node more CPU, or upgrade Calico: before 3.21, some of its probes time out after one second",
        paste: describe,
        source: "tigera/operator v1.17.6 and v1.21.0, pkg/render/node.go; projectcalico/calico v3.19.4 and v3.21.0, \
         calico/_includes/charts/calico/templates/calico-node.yaml; Azure/AKS#2409",
        examples: &["Readiness probe failed: ", "Liveness probe failed:"],
        ..KnownMessage::USUAL
    },
    KnownMessage {
        texts: &["probe failed: command", "timed out"],
        is_general: true,
        means: "a probe takes longer than its timeout",
        source: "kubernetes v1.37.2, staging/src/k8s.io/cri-client/pkg/remote_runtime.go; stackoverflow 69190171",
        examples: &[
            "Liveness probe failed: command \"/bin/calico-node -felix-live -bird-live\" timed \
         out",
            "Liveness probe failed: command timed out: \"/bin/calico-node -felix-live -bird-live\" \
         timed out after 1s",
        ],
        ..KnownMessage::USUAL
    },
];
