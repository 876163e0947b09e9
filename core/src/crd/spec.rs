//! The schema of `spec`.
//!
//! Source: the Installation's CRD of projectcalico/calico 3.26.0 to 3.32.1 and of tigera/operator
//! v1.43.0 and release-v1.44.

use super::node::Node::{
    AnyList, AnyObject, Base64, Boolean, Integer, IntegerOrText, List, Map, Names, Object,
    Quantity, Text,
};
use super::node::{Name, Node, Property, name, property};

const SWITCH: Node = Names(&[name("Enabled"), name("Disabled")]);

pub(super) const SPEC: &[Property] = &[
    property("variant", VARIANT),
    property("registry", Text),
    property("imagePath", Text),
    property("imagePrefix", Text),
    property("imagePullPolicy", IMAGE_PULL_POLICY).since(43),
    property("imagePullSecrets", List(&Object(&[property("name", Text)]))),
    property("kubernetesProvider", PROVIDER),
    property("cni", Object(CNI)),
    property("calicoNetwork", Object(NETWORK)),
    property("typhaAffinity", AnyObject),
    property("controlPlaneNodeSelector", Map(&Text)),
    property("controlPlaneTolerations", AnyList),
    property("controlPlaneReplicas", Integer),
    property("nodeMetricsPort", Integer),
    property("typhaMetricsPort", Integer),
    property("flexVolumePath", Text),
    property("kubeletVolumePluginPath", Text),
    property("nodeUpdateStrategy", Object(UPDATE_STRATEGY)),
    property("componentResources", List(&Object(COMPONENT_RESOURCES))),
    property("certificateManagement", Object(CERTIFICATES)),
    property("tlsCipherSuites", List(&Object(CIPHER_SUITE))).since(40),
    property("nonPrivileged", Text),
    property("fipsMode", SWITCH),
    property("logging", Object(&[property("cni", Object(LOGGING))])),
    property("serviceCIDRs", List(&Text)).since(32),
    property("windowsNodes", Object(WINDOWS_NODES)).since(32),
    property("azure", Object(AZURE)).since_patch(36, 4),
    property("proxy", Object(PROXY)).since(38),
    property(
        "networkPolicy",
        Object(&[property("managePolicies", SWITCH)]),
    )
    .since(43),
    property("typhaPodDisruptionBudget", Object(DISRUPTION_BUDGET)).since(43),
    property("calicoLibHostPath", Text).since(44),
    property("calicoRunHostPath", Text).since(44),
    property("calicoNodeDaemonSet", AnyObject),
    property("csiNodeDriverDaemonSet", AnyObject),
    property("calicoNodeWindowsDaemonSet", AnyObject).since(32),
    property("calicoKubeControllersDeployment", AnyObject),
    property("typhaDeployment", AnyObject),
    property("calicoWindowsUpgradeDaemonSet", AnyObject),
];

const VARIANT: Node = Names(&[
    name("Calico"),
    name("TigeraSecureEnterprise"),
    name("CalicoEnterprise").since(43),
]);

const IMAGE_PULL_POLICY: Node = Names(&[name("Always"), name("IfNotPresent"), name("Never")]);

const PROVIDER: Node = Names(&[
    name(""),
    name("EKS"),
    name("GKE"),
    name("AKS"),
    name("OpenShift"),
    name("DockerEnterprise"),
    name("RKE2"),
    name("TKG").since(34),
    name("Kind").since(40),
]);

const CNI: &[Property] = &[
    property("type", CNI_TYPE).required(),
    property("ipam", Object(&[property("type", IPAM_TYPE).required()])),
    property("binDir", Text).since(40),
    property("confDir", Text).since(40),
    property("specVersion", CNI_SPEC_VERSION)
        .since_patch(40, 14)
        .except(41, 44),
    property("installMode", CNI_INSTALL_MODE).since(43),
];

const CNI_TYPE: Node = Names(&[
    name("Calico"),
    name("GKE"),
    name("AmazonVPC"),
    name("AzureVNET"),
]);

const IPAM_TYPE: Node = Names(&[
    name("Calico"),
    name("HostLocal"),
    name("AmazonVPC"),
    name("AzureVNET"),
]);

const CNI_SPEC_VERSION: Node = Names(&[name("Auto"), name("0.3.1"), name("0.4.0"), name("1.0.0")]);

const CNI_INSTALL_MODE: Node = Names(&[name("All"), name("CalicoOnly")]);

const NETWORK: &[Property] = &[
    property("linuxDataplane", LINUX_DATAPLANE),
    property("windowsDataplane", WINDOWS_DATAPLANE).since(32),
    property("bgp", SWITCH),
    property("clusterRoutingMode", CLUSTER_ROUTING_MODE).since(42),
    property("ipPools", List(&Object(POOL))),
    property("mtu", Integer),
    property("nodeAddressAutodetectionV4", Object(AUTODETECTION)),
    property("nodeAddressAutodetectionV6", Object(AUTODETECTION)),
    property("hostPorts", SWITCH),
    property("multiInterfaceMode", MULTI_INTERFACE_MODE),
    property("containerIPForwarding", SWITCH),
    property("sysctl", List(&Object(SYSCTL))).since(34),
    property("linuxPolicySetupTimeoutSeconds", Integer).since(34),
    property("bpfNetworkBootstrap", SWITCH).since(40),
    property("kubeProxyManagement", SWITCH).since(40),
    property("linuxPodInterfaceType", POD_INTERFACE_TYPE).since(43),
];

const LINUX_DATAPLANE: Node = Names(&[
    name("Iptables"),
    name("BPF"),
    name("VPP"),
    name("Nftables").since(36),
]);

const WINDOWS_DATAPLANE: Node = Names(&[name("HNS"), name("Disabled")]);

const CLUSTER_ROUTING_MODE: Node =
    Names(&[name("BIRD"), name("Felix"), name("FelixIPIPOnly").since(44)]);

const MULTI_INTERFACE_MODE: Node = Names(&[name("None"), name("Multus")]);

const POD_INTERFACE_TYPE: Node = Names(&[name("Veth"), name("Netkit")]);

const POOL: &[Property] = &[
    property("cidr", Text).required(),
    property("blockSize", Integer),
    property("encapsulation", ENCAPSULATION),
    property("natOutgoing", SWITCH),
    property("nodeSelector", Text),
    property("disableBGPExport", Boolean),
    property("name", Text).since(34),
    property("allowedUses", List(&Text)).since(34),
    property("disableNewAllocations", Boolean).since(36),
    property("assignmentMode", Text).since(38),
];

const ENCAPSULATION: Node = Names(&[
    name("IPIPCrossSubnet"),
    name("IPIP"),
    name("VXLAN"),
    name("VXLANCrossSubnet"),
    name("None"),
]);

const AUTODETECTION: &[Property] = &[
    property("firstFound", Boolean),
    property("kubernetes", Names(&[name("NodeInternalIP")])),
    property("interface", Text),
    property("skipInterface", Text),
    property("canReach", Text),
    property("cidrs", List(&Text)),
];

const SYSCTL: &[Property] = &[
    property("key", SYSCTL_KEY).required(),
    property("value", Text).required(),
];

const SYSCTL_KEY: Node = Names(&[
    name("net.ipv4.tcp_keepalive_intvl"),
    name("net.ipv4.tcp_keepalive_probes"),
    name("net.ipv4.tcp_keepalive_time"),
]);

const UPDATE_STRATEGY: &[Property] = &[
    property("type", Text),
    property(
        "rollingUpdate",
        Object(&[
            property("maxSurge", IntegerOrText),
            property("maxUnavailable", IntegerOrText),
        ]),
    ),
];

const COMPONENT_RESOURCES: &[Property] = &[
    property("componentName", COMPONENT_NAME).required(),
    property("resourceRequirements", Object(RESOURCES)).required(),
];

const COMPONENT_NAME: Node = Names(&[
    name("Node"),
    name("Typha"),
    name("KubeControllers"),
    name("NodeWindows").since(42),
    name("FelixWindows").since(42),
    name("ConfdWindows").since(42),
]);

const RESOURCES: &[Property] = &[
    property("limits", Map(&Quantity)),
    property("requests", Map(&Quantity)),
    property("claims", AnyList),
];

const CERTIFICATES: &[Property] = &[
    property("caCert", Base64).required(),
    property("signerName", Text).required(),
    property("keyAlgorithm", Names(KEY_ALGORITHMS)),
    property("signatureAlgorithm", Names(SIGNATURE_ALGORITHMS)),
];

const KEY_ALGORITHMS: &[Name] = &[
    name(""),
    name("RSAWithSize2048"),
    name("RSAWithSize4096"),
    name("RSAWithSize8192"),
    name("ECDSAWithCurve256"),
    name("ECDSAWithCurve384"),
    name("ECDSAWithCurve521"),
];

const SIGNATURE_ALGORITHMS: &[Name] = &[
    name(""),
    name("SHA256WithRSA"),
    name("SHA384WithRSA"),
    name("SHA512WithRSA"),
    name("ECDSAWithSHA256"),
    name("ECDSAWithSHA384"),
    name("ECDSAWithSHA512"),
];

const CIPHER_SUITE: &[Property] = &[property("name", Names(CIPHER_SUITES))];

const CIPHER_SUITES: &[Name] = &[
    name("TLS_AES_256_GCM_SHA384"),
    name("TLS_CHACHA20_POLY1305_SHA256"),
    name("TLS_AES_128_GCM_SHA256"),
    name("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    name("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    name("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    name("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    name("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    name("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    name("TLS_RSA_WITH_AES_256_GCM_SHA384"),
    name("TLS_RSA_WITH_AES_128_GCM_SHA256"),
    name("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    name("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    name("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
];

const LOGGING: &[Property] = &[
    property(
        "logSeverity",
        Names(&[name("Error"), name("Warning"), name("Info"), name("Debug")]),
    ),
    property("logFileMaxSize", Quantity),
    property("logFileMaxAgeDays", Integer),
    property("logFileMaxCount", Integer),
];

const WINDOWS_NODES: &[Property] = &[
    property("cniBinDir", Text),
    property("cniConfigDir", Text),
    property("cniLogDir", Text),
    property("vxlanMACPrefix", Text),
    property("vxlanAdapter", Text),
];

const AZURE: &[Property] = &[property(
    "policyMode",
    Names(&[name("Default"), name("Manual")]),
)];

const PROXY: &[Property] = &[
    property("httpProxy", Text),
    property("httpsProxy", Text),
    property("noProxy", Text),
];

const DISRUPTION_BUDGET: &[Property] = &[
    property("metadata", AnyObject),
    property(
        "spec",
        Object(&[
            property("minAvailable", IntegerOrText),
            property("maxUnavailable", IntegerOrText),
            property(
                "unhealthyPodEvictionPolicy",
                Names(&[name("IfHealthyBudget"), name("AlwaysAllow")]),
            ),
        ]),
    ),
];
