//! How pools are added, stopped and removed: in the Installation, whose list of pools the operator
//! follows, or as resources of their own. The commands are single lines, and what comes from the
//! cluster is quoted in them.

use calico_core::cidr::Cidr;
use calico_core::pool::Encapsulation;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService;
use serde_json::{Value, json};

use super::basis::Basis;
use crate::assess::facts::install::default_installation;
use crate::assess::facts::pools;
use crate::snapshot::Store;

/// A pool to make.
#[derive(Clone, Copy)]
pub(super) struct NewPool<'a> {
    pub(super) name: &'a str,
    pub(super) cidr: Cidr,
    pub(super) block_size: u8,
    pub(super) encapsulation: Encapsulation,
}

/// Where pools are changed.
pub(super) enum Way {
    /// The Installation's list: the CIDRs that it has, in order, as written, and what stops an
    /// entry from giving out addresses.
    List {
        cidrs: Vec<String>,
        stop: (&'static str, Value),
    },
    /// IPPool resources: the program that writes them, and its name for them.
    Resources {
        program: &'static str,
        resource: &'static str,
        nat_outgoing: bool,
    },
}

const LIST: &str = "/spec/calicoNetwork/ipPools";

impl Way {
    /// The one that works for a live pool. The operator follows its list from 1.34 on, and changes
    /// no pool that is not in it.
    pub(super) fn of(basis: &Basis, live: &pools::Pool) -> Self {
        let pools = default_installation(basis.snapshot).and_then(|found| {
            found
                .spec
                .get("calicoNetwork")?
                .get("ipPools")?
                .as_sequence()
        });
        let cidrs: Vec<String> = pools
            .into_iter()
            .flatten()
            .map(|pool| pool.get("cidr").and_then(serde_yaml::Value::as_str))
            .map(|cidr| cidr.unwrap_or_default().to_owned())
            .collect();
        let follows = basis
            .facts
            .asked
            .as_ref()
            .is_some_and(|there| there.operator.since(34));
        if follows && cidrs.contains(&live.cidr) {
            // Before 1.36 the list has no such field, and a selector that selects nothing does it.
            let stop = match basis.operator.since(36) {
                true => ("disableNewAllocations", Value::Bool(true)),
                false => ("nodeSelector", "!all()".into()),
            };
            return Self::List { cidrs, stop };
        }
        let (program, resource) = match serves_v3(basis) {
            true => ("kubectl", "ippools.projectcalico.org"),
            false => ("calicoctl", "ippool"),
        };
        Self::Resources {
            program,
            resource,
            nat_outgoing: live.nat_outgoing,
        }
    }

    /// Adds a pool.
    pub(super) fn add(&mut self, pool: &NewPool) -> String {
        match self {
            Self::List { cidrs, .. } => {
                cidrs.push(pool.cidr.to_string());
                let entry = json!({
                    "cidr": pool.cidr,
                    "blockSize": pool.block_size,
                    "encapsulation": pool.encapsulation,
                });
                patch_list(&[json!({"op": "add", "path": format!("{LIST}/-"), "value": entry})])
            }
            Self::Resources {
                program,
                nat_outgoing,
                ..
            } => {
                let (ipip, vxlan) = modes(pool.encapsulation);
                let object = json!({
                    "apiVersion": "projectcalico.org/v3",
                    "kind": "IPPool",
                    "metadata": {"name": pool.name},
                    "spec": {
                        "cidr": pool.cidr,
                        "blockSize": pool.block_size,
                        "ipipMode": ipip,
                        "vxlanMode": vxlan,
                        "natOutgoing": nat_outgoing,
                    },
                });
                format!(
                    "echo {} | {program} create -f -",
                    quoted(&object.to_string())
                )
            }
        }
    }

    /// Stops a pool from giving out addresses; those that are given stay.
    pub(super) fn stop(&self, name: &str, cidr: &str) -> String {
        match self {
            Self::List {
                stop: (key, value), ..
            } => self.change(cidr, key, value),
            Self::Resources { .. } => self.patch(name, &json!({"disabled": true})),
        }
    }

    /// Gives a pool another encapsulation.
    pub(super) fn encapsulate(&self, name: &str, cidr: &str, to: Encapsulation) -> String {
        match self {
            Self::List { .. } => self.change(cidr, "encapsulation", &json!(to)),
            Self::Resources { .. } => {
                let (ipip, vxlan) = modes(to);
                self.patch(name, &json!({"ipipMode": ipip, "vxlanMode": vxlan}))
            }
        }
    }

    /// Removes a pool.
    pub(super) fn remove(&mut self, name: &str, cidr: &str) -> String {
        match self {
            Self::List { cidrs, .. } => {
                let index = cidrs
                    .iter()
                    .position(|known| known == cidr)
                    .unwrap_or_default();
                if index < cidrs.len() {
                    cidrs.remove(index);
                }
                patch_list(&[
                    test(index, cidr),
                    json!({"op": "remove", "path": format!("{LIST}/{index}")}),
                ])
            }
            Self::Resources {
                program, resource, ..
            } => {
                format!("{program} delete {resource} {}", pasted(name))
            }
        }
    }

    fn change(&self, cidr: &str, key: &str, value: &Value) -> String {
        let Self::List { cidrs, .. } = self else {
            return String::new();
        };
        let index = cidrs
            .iter()
            .position(|known| known == cidr)
            .unwrap_or_default();
        patch_list(&[
            test(index, cidr),
            json!({"op": "add", "path": format!("{LIST}/{index}/{key}"), "value": value}),
        ])
    }

    fn patch(&self, name: &str, spec: &Value) -> String {
        let Self::Resources {
            program, resource, ..
        } = self
        else {
            return String::new();
        };
        // calicoctl knows no other kind of patch.
        let kind = match *program {
            "kubectl" => " --type merge",
            _ => "",
        };
        let spec = quoted(&json!({ "spec": spec }).to_string());
        format!(
            "{program} patch {resource} {}{kind} -p {spec}",
            pasted(name)
        )
    }
}

/// A patch that fails where the list is no longer the one that was read.
fn test(index: usize, cidr: &str) -> Value {
    json!({"op": "test", "path": format!("{LIST}/{index}/cidr"), "value": cidr})
}

fn patch_list(patch: &[Value]) -> String {
    let patch = quoted(&Value::from(patch).to_string());
    format!("kubectl patch installations.operator.tigera.io default --type json -p {patch}")
}

/// The two fields of an IPPool.
fn modes(encapsulation: Encapsulation) -> (&'static str, &'static str) {
    match encapsulation {
        Encapsulation::Ipip => ("Always", "Never"),
        Encapsulation::IpipCrossSubnet => ("CrossSubnet", "Never"),
        Encapsulation::Vxlan => ("Never", "Always"),
        Encapsulation::VxlanCrossSubnet => ("Never", "CrossSubnet"),
        Encapsulation::None => ("Never", "Never"),
    }
}

/// Whether kubectl can write Calico's resources with Calico's checks of them.
fn serves_v3(basis: &Basis) -> bool {
    let available = |service: &APIService| {
        let status = service.status.iter();
        let mut conditions = status.flat_map(|status| status.conditions.iter().flatten());
        conditions.any(|condition| condition.type_ == "Available" && condition.status == "True")
    };
    basis.snapshot.store == Store::V3 || basis.snapshot.api_service.read().is_some_and(available)
}

/// A text as one word of a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A name as it may stand in a command. One that Kubernetes would not take did not come from an API
/// server that can be trusted: `NAME` stands for it.
pub(super) fn pasted(name: &str) -> &str {
    let ends = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let inside = |c: char| ends(c) || c == '-' || c == '.';
    let is_name = name.starts_with(ends) && name.ends_with(ends) && name.len() <= 253;
    match is_name && name.chars().all(inside) {
        true => name,
        false => "NAME",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_cluster_is_obeyed_by_a_shell() {
        assert_eq!(quoted("a'; reboot '"), r"'a'\''; reboot '\'''");
        for name in ["default-ipv4-ippool", "10.0.0.0-16"] {
            assert_eq!(pasted(name), name);
        }
        for name in ["", "-n", "a b", "$(reboot)", "a\nb", "A", "a;b", "a."] {
            assert_eq!(pasted(name), "NAME", "{name:?}");
        }
    }

    #[test]
    fn an_entry_keeps_its_place_in_the_list_as_others_come_and_go() {
        let mut way = Way::List {
            cidrs: vec!["10.0.0.0/16".into(), "fd00::/64".into()],
            stop: ("disableNewAllocations", true.into()),
        };
        let temporary = NewPool {
            name: "temporary-ipv4-pool",
            cidr: "192.168.0.0/16".parse().unwrap(),
            block_size: 26,
            encapsulation: Encapsulation::Vxlan,
        };
        assert!(way.add(&temporary).contains("ipPools/-"));
        assert!(way.remove("", "10.0.0.0/16").contains("ipPools/0\""));
        assert!(
            way.stop("", "192.168.0.0/16")
                .contains("ipPools/1/disableNewAllocations")
        );
        assert!(
            way.stop("", "fd00::/64")
                .contains("ipPools/0/disableNewAllocations")
        );
    }
}
