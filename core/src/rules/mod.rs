//! The rules for pools: what the API server and the operator reject, and what they accept and
//! then cannot undo. Each is judged after the operator's own defaulting, for one operator version.
//!
//! A rule is declared once, next to its check, and listed in [`RULES`] or [`CLUSTER_RULES`]. To add one: write the
//! check, list it, give it a section in docs/rules.md and a passing and a failing case in
//! tests/cases/rules.

mod block_size;
mod case;
mod cidr;
mod cluster_settings;
mod encapsulation;
mod existing_pools;
mod load_balancer;
mod networks;
mod pools;
mod routing;
mod schema;
mod settings;

pub use case::Case;

use crate::pool::Field;
use crate::text::MOST;

/// A rule.
pub struct Rule {
    /// Its name, which `--allow` takes.
    pub name: &'static str,
    /// What it says, in one sentence without a full stop.
    pub summary: &'static str,
    /// What enforces it.
    pub enforcement: Enforcement,
    check: fn(&Case) -> Vec<Details>,
}

/// What keeps a rule from being broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// The schema of the CRD: the API server rejects the object at once.
    ApiServer,
    /// The operator, minutes later, in a condition of a TigeraStatus.
    Operator,
    /// Nothing: the API server and the operator accept what cannot be undone later.
    Unenforced,
    /// This rule alone: the operator would do what was written, to pools that are in use.
    Safeguard,
}

impl Enforcement {
    /// Whether it is the API server, which sees one object at a time.
    pub fn is_api_server(self) -> bool {
        self == Self::ApiServer
    }
}

/// One place where a rule is broken.
#[derive(Clone)]
pub struct Violation {
    /// The rule.
    pub rule: &'static Rule,
    /// What follows from it.
    pub verdict: Verdict,
    /// The field, as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub path: String,
    /// The fields that it depends on: index of the pool, and field.
    pub fields: Vec<(usize, Field)>,
    /// What is wrong.
    pub problem: String,
    /// What would have happened, and where it would have shown.
    pub impact: String,
    /// What to do.
    pub fix: String,
    /// How many more violations of the same rule with the same verdict were found and left out.
    /// Only the last one that is listed has any.
    pub more: usize,
}

/// What follows from a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing may be written.
    Refused,
    /// Reported only: nothing enforces the rule, and this run does not set the field.
    Warned,
    /// Reported only: `--allow` names the rule.
    Allowed,
}

/// A violation as a rule finds it, before anything is known of the run.
struct Details {
    path: String,
    fields: Vec<(usize, Field)>,
    problem: String,
    impact: String,
    fix: String,
}

/// The rules for an Installation by itself, in the order in which they are judged.
pub static RULES: &[Rule] = &[
    schema::FIELD_TYPE,
    schema::CIDR_MISSING,
    settings::SETTING_NAME,
    schema::NAT_OUTGOING_NAME,
    schema::ALLOWED_USES_NAME,
    schema::POOLS_MAXIMUM,
    schema::UNKNOWN_FIELD,
    cidr::CIDR_SYNTAX,
    cidr::CIDR_IPV4_MAPPED,
    cidr::CIDR_HOST_BITS,
    cidr::CIDR_LINK_LOCAL,
    block_size::BLOCK_SIZE_RANGE,
    block_size::BLOCK_SIZE_FIT,
    encapsulation::ENCAPSULATION_NAME,
    encapsulation::IPIP_ON_IPV6,
    encapsulation::VXLAN_WITH_HOST_LOCAL,
    encapsulation::ENCAPSULATION_WITHOUT_CALICO_CNI,
    encapsulation::WINDOWS_ENCAPSULATION,
    routing::IPIP_WITHOUT_BGP,
    routing::UNENCAPSULATED_WITHOUT_BGP,
    routing::BGP_WITHOUT_CALICO_CNI,
    routing::BPF_WITH_IPV6,
    routing::BPF_IPV6_AUTODETECTION,
    pools::POOLS_PER_FAMILY,
    pools::POOL_DUPLICATE,
    pools::POOL_OVERLAP,
    pools::NODE_SELECTOR_WITHOUT_CALICO_CNI,
    load_balancer::LOAD_BALANCER_USES,
    load_balancer::LOAD_BALANCER_ENCAPSULATION,
    load_balancer::LOAD_BALANCER_NODE_SELECTOR,
    load_balancer::LOAD_BALANCER_BGP_EXPORT,
];

/// The rules for an Installation beside what its cluster has. They are judged where that is known.
pub static CLUSTER_RULES: &[Rule] = &[
    existing_pools::EXISTING_POOL_MISSING,
    existing_pools::EXISTING_POOL_BLOCK_SIZE,
    existing_pools::EXISTING_POOL_ENCAPSULATION,
    existing_pools::EXISTING_POOL_NOT_OWNED,
    existing_pools::EXISTING_POOL_OVERLAP,
    cluster_settings::CLUSTER_SETTING_MISSING,
    networks::OUTSIDE_POD_NETWORK,
    networks::OUTSIDE_POD_NETWORK_UNCHECKED,
    networks::SERVICES_OVERLAP,
    networks::NODES_OVERLAP,
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(CLUSTER_RULES)
}

/// Checks `case` against every rule.
///
/// What the API server or the operator would reject is refused. A violation of an unenforced rule
/// is refused only if it depends on a field that this run sets (`requested`), so that an old
/// mistake does not block every later run. `allowed` names the rules whose violations are let
/// through.
pub fn check(case: &Case, requested: &[(usize, Field)], allowed: &[&str]) -> Vec<Violation> {
    let cluster_rules = case.cluster.map_or(&[][..], |_| CLUSTER_RULES);
    let mut violations: Vec<Violation> = Vec::new();
    for rule in RULES.iter().chain(cluster_rules) {
        for details in (rule.check)(case) {
            let verdict = rule.verdict(&details.fields, requested, allowed);
            let last_listed = violations
                .iter_mut()
                .filter(|other| other.rule.name == rule.name && other.verdict == verdict)
                .nth(MOST - 1);
            if let Some(last) = last_listed {
                last.more += 1;
            } else {
                violations.push(details.violation(rule, verdict));
            }
        }
    }
    violations
}

impl Rule {
    fn verdict(
        &self,
        fields: &[(usize, Field)],
        requested: &[(usize, Field)],
        allowed: &[&str],
    ) -> Verdict {
        let is_requested = fields.iter().any(|field| requested.contains(field));
        if allowed.contains(&self.name) {
            Verdict::Allowed
        } else if self.enforcement == Enforcement::Unenforced && !is_requested {
            Verdict::Warned
        } else {
            Verdict::Refused
        }
    }
}

impl Details {
    fn violation(self, rule: &'static Rule, verdict: Verdict) -> Violation {
        Violation {
            rule,
            verdict,
            path: self.path,
            fields: self.fields,
            problem: self.problem,
            impact: self.impact,
            fix: self.fix,
            more: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defaults::Effective;
    use crate::installation::Installation;

    /// The names of the rules that `spec` breaks under `operator`.
    pub(super) fn broken(spec: &str, operator: &str) -> Vec<&'static str> {
        violations(spec, operator, &[], &[])
            .iter()
            .map(|violation| violation.rule.name)
            .collect()
    }

    fn violations(
        spec: &str,
        operator: &str,
        requested: &[(usize, Field)],
        allowed: &[&str],
    ) -> Vec<Violation> {
        let document = serde_yaml::from_str(&format!("spec: {spec}")).unwrap();
        let written = Installation::read(&document);
        let operator = operator.parse().unwrap();
        let effective = Effective::of(&written, operator);
        check(
            &Case::new(&written, &effective, operator),
            requested,
            allowed,
        )
    }

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut names: Vec<_> = all().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count());
        for rule in all() {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.name.chars().all(kebab), "{}", rule.name);
            assert!(!rule.summary.ends_with('.'), "{}", rule.name);
        }
    }

    #[test]
    fn an_unenforced_rule_refuses_only_what_this_run_sets() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.1/16}]}}";
        let verdict = |requested: &[_], allowed: &[_]| {
            violations(spec, "1.42", requested, allowed)[0].verdict
        };
        assert_eq!(verdict(&[], &[]), Verdict::Warned);
        assert_eq!(verdict(&[(0, Field::BlockSize)], &[]), Verdict::Warned);
        assert_eq!(verdict(&[(0, Field::Cidr)], &[]), Verdict::Refused);
        assert_eq!(
            verdict(&[(0, Field::Cidr)], &["cidr-host-bits"]),
            Verdict::Allowed
        );
    }

    #[test]
    fn of_many_violations_some_are_listed_and_those_of_this_run_are_among_them() {
        let pools =
            (0..3000).map(|host| format!("{{cidr: 10.{}.{}.1/16}}", host / 256, host % 256));
        let pools: Vec<String> = pools.collect();
        let spec = format!("{{calicoNetwork: {{ipPools: [{}]}}}}", pools.join(", "));
        let found = violations(&spec, "1.42", &[(2999, Field::Cidr)], &[]);
        let host_bits = found
            .iter()
            .filter(|violation| violation.rule.name == "cidr-host-bits");
        let warned = host_bits
            .clone()
            .filter(|violation| violation.verdict == Verdict::Warned);
        let more: usize = warned.clone().map(|violation| violation.more).sum();
        assert_eq!((warned.count(), more), (MOST, 2999 - MOST));
        assert_eq!(
            host_bits
                .filter(|violation| violation.verdict == Verdict::Refused)
                .count(),
            1
        );
    }

    #[test]
    fn what_the_operator_rejects_is_refused_even_if_this_run_does_not_set_it() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16, blockSize: 99}]}}";
        assert_eq!(
            violations(spec, "1.42", &[], &[])[0].verdict,
            Verdict::Refused
        );
    }

    #[test]
    fn names_of_settings_are_those_of_the_operator() {
        let rule = ["setting-name"].as_slice();
        for (spec, operator, broken_by) in [
            ("{calicoNetwork: {bgp: disabled}}", "1.42", rule),
            ("{calicoNetwork: {bgp: ''}}", "1.42", rule),
            ("{calicoNetwork: {hostPorts: 'true'}}", "1.30", rule),
            ("{calicoNetwork: {linuxDataplane: Nftables}}", "1.34", rule),
            ("{calicoNetwork: {linuxDataplane: Nftables}}", "1.36", &[]),
            ("{calicoNetwork: {windowsDataplane: hns}}", "1.30", &[]),
            ("{calicoNetwork: {windowsDataplane: hns}}", "1.32", rule),
            ("{calicoNetwork: {clusterRoutingMode: felix}}", "1.40", &[]),
            ("{calicoNetwork: {clusterRoutingMode: felix}}", "1.42", rule),
            ("{cni: {type: calico}}", "1.42", rule),
            ("{cni: {ipam: {type: Hostlocal}}}", "1.42", rule),
            ("{kubernetesProvider: Kind}", "1.38", rule),
            ("{kubernetesProvider: Kind}", "1.40", &[]),
            ("{kubernetesProvider: ''}", "1.42", &[]),
        ] {
            assert_eq!(broken(spec, operator), broken_by, "{spec} under {operator}");
        }
    }

    #[test]
    fn a_default_install_breaks_nothing() {
        for minor in (30..=43).map(|minor| format!("1.{minor}")) {
            for spec in [
                "{}",
                "{kubernetesProvider: ''}",
                "{kubernetesProvider: EKS}",
                "{calicoNetwork: {ipPools: []}}",
                "{calicoNetwork: {ipPools: [{blockSize: 26, cidr: 192.168.0.0/16, encapsulation: VXLANCrossSubnet, natOutgoing: Enabled, nodeSelector: all()}]}}",
            ] {
                assert_eq!(broken(spec, &minor), [""; 0], "{spec} under {minor}");
            }
        }
    }
}
