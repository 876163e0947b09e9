//! What the addresses of a pool are assigned to.

use std::fmt;

/// The use that assigns addresses to pods.
pub const WORKLOAD: &str = "Workload";

/// The use that assigns addresses to the tunnel devices of nodes.
pub const TUNNEL: &str = "Tunnel";

/// The use that assigns addresses to Services of type LoadBalancer (operator 1.38 and later).
pub const LOAD_BALANCER: &str = "LoadBalancer";

/// What `allowedUses` of a pool allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// [`WORKLOAD`]
    pub workload: bool,
    /// [`TUNNEL`]
    pub tunnel: bool,
    /// [`LOAD_BALANCER`]
    pub load_balancer: bool,
}

impl Uses {
    /// What the entries of `allowedUses` allow. For both the operator and Calico, an empty list
    /// means pods and tunnels; an unknown name allows nothing.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go;
    /// projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = names.into_iter().peekable();
        if names.peek().is_none() {
            return Self {
                workload: true,
                tunnel: true,
                load_balancer: false,
            };
        }
        let mut uses = Self::default();
        for name in names {
            match name {
                WORKLOAD => uses.workload = true,
                TUNNEL => uses.tunnel = true,
                LOAD_BALANCER => uses.load_balancer = true,
                _ => {}
            }
        }
        uses
    }

    /// Whether a pool with these uses can stand in for one with others.
    pub fn covers(self, others: Self) -> bool {
        (self.workload || !others.workload)
            && (self.tunnel || !others.tunnel)
            && (self.load_balancer || !others.load_balancer)
    }

    /// Whether pods get addresses from the pool. A pool for tunnels or Services only is not for
    /// pods.
    pub fn is_for_pods(self) -> bool {
        self.workload
    }
}

/// `Workload, Tunnel`
impl fmt::Display for Uses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (self.workload, WORKLOAD),
            (self.tunnel, TUNNEL),
            (self.load_balancer, LOAD_BALANCER),
        ];
        let names = names.into_iter().filter(|(allowed, _)| *allowed);
        let names: Vec<&str> = names.map(|(_, name)| name).collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_list_means_the_defaults() {
        let is_for_pods = |names: &[&str]| Uses::of(names.iter().copied()).is_for_pods();
        assert!(is_for_pods(&[]));
        assert!(is_for_pods(&["Tunnel", "Workload"]));
        assert!(!is_for_pods(&["Tunnel"]));
        assert!(!is_for_pods(&["LoadBalancer"]));
        assert!(!is_for_pods(&[""]));
        assert!(Uses::of(["LoadBalancer"]).load_balancer);
    }
}
