//! Which IPPools Calico's API server accepts.
//! Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go and
//! libcalico-go/lib/validator/v3/validator.go.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::default_block_size;
use calico_core::pool::{BlockSize, LOAD_BALANCER, TUNNEL, WORKLOAD};
use calico_core::selector::Selector;
use calico_core::text::quoted;

use super::ip_pool::IpPoolSpec;

/// A field that the API server rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    /// The field.
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// What is wrong with it: `spec.cidr "oops" is not a CIDR`.
    pub why: String,
}

const NEVER: &str = "Never";

impl IpPoolSpec {
    /// The first field that the API server rejects, without regard to other pools.
    pub fn invalid_field(&self) -> Option<InvalidField> {
        let invalid = |field: &'static str, value: &str, why: String| InvalidField {
            field,
            value: value.to_owned(),
            why: format!("{field} {} {why}", quoted(value)),
        };
        let Ok(cidr) = self.cidr.parse::<Cidr>() else {
            return Some(invalid("spec.cidr", &self.cidr, "is not a CIDR".to_owned()));
        };
        self.invalid_cidr(&cidr)
            .map(|why| invalid("spec.cidr", &self.cidr, why))
            .or_else(|| {
                let why = self.invalid_block_size(&cidr)?;
                let size = self
                    .block_size
                    .map_or("the default".to_owned(), |size| size.to_string());
                Some(invalid("spec.blockSize", &size, why))
            })
            .or_else(|| {
                let (field, mode, why) = self.invalid_mode(cidr.family())?;
                Some(invalid(field, mode, why))
            })
            .or_else(|| {
                let why = self.invalid_uses()?;
                Some(invalid(
                    "spec.allowedUses",
                    &self.allowed_uses.join(", "),
                    why,
                ))
            })
            .or_else(|| {
                let selector = self.node_selector.as_deref()?;
                let why = invalid_selector(selector)?;
                Some(invalid("spec.nodeSelector", selector, why))
            })
    }

    fn invalid_cidr(&self, cidr: &Cidr) -> Option<String> {
        if cidr.has_host_bits() {
            return Some(format!(
                "has host bits set: the network is {}",
                cidr.network()
            ));
        }
        ["169.254.0.0/16", "fe80::/10"]
            .into_iter()
            .find(|range| range.parse().is_ok_and(|range| cidr.overlaps(&range)))
            .map(|range| format!("overlaps the link-local range {range}"))
    }

    fn invalid_block_size(&self, cidr: &Cidr) -> Option<String> {
        let range = BlockSize::range(cidr.family());
        let given = self.block_size.filter(|size| *size != 0);
        let size = given.unwrap_or_else(|| default_block_size(cidr.family()).into());
        if !(i64::from(*range.start())..=i64::from(*range.end())).contains(&size) {
            return Some(format!(
                "is not between {} and {}",
                range.start(),
                range.end()
            ));
        }
        let is_larger = !self.disabled && size < i64::from(cidr.prefix());
        is_larger.then(|| format!("makes blocks of /{size}, larger than the pool {cidr}"))
    }

    fn invalid_mode(&self, family: Family) -> Option<(&'static str, &str, String)> {
        let is_on = |mode: &&String| !mode.is_empty() && *mode != NEVER;
        let ipip = self.ipip_mode.as_ref().filter(is_on);
        let vxlan = self.vxlan_mode.as_ref().filter(is_on);
        let modes = [("spec.ipipMode", ipip), ("spec.vxlanMode", vxlan)];
        for (field, mode) in modes
            .into_iter()
            .filter_map(|(field, mode)| Some((field, mode?)))
        {
            let why = if !["Always", "CrossSubnet"].contains(&mode.as_str()) {
                "is not Always, CrossSubnet or Never"
            } else if field == "spec.ipipMode" && family == Family::V6 {
                "is not possible in an IPv6 pool"
            } else if self.is_for_load_balancers() {
                "is not possible in a pool for LoadBalancer"
            } else {
                continue;
            };
            return Some((field, mode, why.to_owned()));
        }
        let why = "is not possible together with ipipMode";
        ipip.and(vxlan)
            .map(|mode| ("spec.vxlanMode", mode.as_str(), why.to_owned()))
    }

    fn is_for_load_balancers(&self) -> bool {
        self.allowed_uses
            .iter()
            .any(|allowed| allowed == LOAD_BALANCER)
    }

    fn invalid_uses(&self) -> Option<String> {
        const USES: [&str; 3] = [WORKLOAD, TUNNEL, LOAD_BALANCER];
        let mut uses = self.allowed_uses.iter();
        if let Some(other) = uses.find(|allowed| !USES.contains(&allowed.as_str())) {
            return Some(format!(
                "has {}, which is not one of {}",
                quoted(other),
                USES.join(", ")
            ));
        }
        if !self.is_for_load_balancers() {
            None
        } else if self.allowed_uses.len() > 1 {
            Some("combines LoadBalancer with another use".to_owned())
        } else {
            let selector = self.node_selector.as_deref().unwrap_or_default();
            let is_all = ["", "all()"].contains(&selector);
            (!is_all).then(|| "requires the nodeSelector all()".to_owned())
        }
    }
}

fn invalid_selector(selector: &str) -> Option<String> {
    if selector.contains("global(") {
        return Some("has global(), which selects no nodes: use all()".to_owned());
    }
    let error = Selector::parse(selector).err()?;
    Some(format!("is not a selector: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_server_accepts() {
        for (spec, field) in [
            ("{cidr: 10.0.0.0/16}", ""),
            ("{cidr: 'fd00:0::/48', blockSize: 122}", ""),
            (
                "{cidr: 10.0.0.0/16, blockSize: 0, nodeSelector: '', ipipMode: '', vxlanMode: Never}",
                "",
            ),
            ("{cidr: 10.0.0.0/28, disabled: true}", ""),
            ("{cidr: 10.0.0.0/16, allowedUses: [LoadBalancer]}", ""),
            ("{}", "spec.cidr"),
            ("{cidr: 10.0.0.0}", "spec.cidr"),
            ("{cidr: 10.0.0.1/16}", "spec.cidr"),
            ("{cidr: 169.254.8.0/24}", "spec.cidr"),
            ("{cidr: 'fe80::/64'}", "spec.cidr"),
            ("{cidr: 10.0.0.0/16, blockSize: 19}", "spec.blockSize"),
            ("{cidr: 'fd00::/48', blockSize: 26}", "spec.blockSize"),
            ("{cidr: 10.0.0.0/28}", "spec.blockSize"),
            ("{cidr: 'fd00::/48', ipipMode: Always}", "spec.ipipMode"),
            ("{cidr: 10.0.0.0/16, ipipMode: always}", "spec.ipipMode"),
            (
                "{cidr: 10.0.0.0/16, ipipMode: Always, vxlanMode: CrossSubnet}",
                "spec.vxlanMode",
            ),
            (
                "{cidr: 10.0.0.0/16, allowedUses: [LoadBalancer], vxlanMode: Always}",
                "spec.vxlanMode",
            ),
            (
                "{cidr: 10.0.0.0/16, allowedUses: [LoadBalancer, Workload]}",
                "spec.allowedUses",
            ),
            (
                "{cidr: 10.0.0.0/16, allowedUses: [Pods]}",
                "spec.allowedUses",
            ),
            (
                "{cidr: 10.0.0.0/16, allowedUses: [LoadBalancer], nodeSelector: has(x)}",
                "spec.allowedUses",
            ),
            (
                "{cidr: 10.0.0.0/16, nodeSelector: 'x ='}",
                "spec.nodeSelector",
            ),
            (
                "{cidr: 10.0.0.0/16, nodeSelector: global()}",
                "spec.nodeSelector",
            ),
        ] {
            let parsed: IpPoolSpec = serde_yaml::from_str(spec).unwrap();
            let invalid = parsed.invalid_field();
            assert_eq!(invalid.map_or("", |invalid| invalid.field), field, "{spec}");
        }
    }
}
