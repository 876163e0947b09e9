//! What a field of a FelixConfiguration does once no variable overrides it.

use crate::views::felix::VXLAN_PORT;

/// What happens once the value of a field counts.
pub(crate) fn effect(field: &str, value: &str) -> String {
    match (field, value.to_ascii_lowercase().as_str()) {
        ("wireguardEnabled" | "wireguardEnabledV6", "true") => {
            "traffic between nodes is encrypted from then on".to_owned()
        }
        ("wireguardEnabled" | "wireguardEnabledV6", _) => {
            "traffic between nodes is no longer encrypted then".to_owned()
        }
        ("bpfKubeProxyIptablesCleanupEnabled", "true") => {
            "with eBPF, Felix removes the rules of kube-proxy from then on".to_owned()
        }
        ("bpfKubeProxyIptablesCleanupEnabled", _) => {
            "with eBPF, Felix leaves the rules of kube-proxy alone from then on".to_owned()
        }
        ("ipv6Support", "true") => "Felix enforces policies for IPv6, too, from then on".to_owned(),
        ("ipv6Support", _) => "Felix ignores IPv6 then, and pods with IPv6 addresses lose it".to_owned(),
        ("nftablesMode", mode) => format!(
            "Felix {} then, which must suit the mode of kube-proxy, or Services do not work",
            match mode {
                "enabled" => "uses nftables",
                "disabled" => "uses iptables",
                _ => "chooses between iptables and nftables",
            }
        ),
        ("programClusterRoutes", "disabled") => {
            "Felix programs routes for VXLAN only then: with IPIP or without encapsulation, pods reach only their own node \
             unless BIRD runs"
                .to_owned()
        }
        ("programClusterRoutes", _) => format!(
            "Felix programs the routes between nodes as {value} says then, in place of BIRD"
        ),
        ("awsSrcDstCheck", "enable") => {
            "Felix turns the source/destination checks on then, and AWS drops unencapsulated traffic of pods".to_owned()
        }
        ("awsSrcDstCheck", "disable") => {
            "Felix turns the source/destination checks off then".to_owned()
        }
        ("awsSrcDstCheck", _) => {
            "Felix leaves the source/destination checks as they are then".to_owned()
        }
        _ => format!(
            "VXLAN uses the {} {value} node by node, and traffic between nodes is interrupted until all of them do",
            if field == VXLAN_PORT.field { "port" } else { "VNI" }
        ),
    }
}
