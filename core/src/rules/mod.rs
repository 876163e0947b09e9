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
mod live_pools;
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
    /// Who refuses a breach of it.
    pub refused_by: RefusedBy,
    check: fn(&Case) -> Vec<Breach>,
}

/// Who refuses what breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// The API server, at once: the schema of the CRD.
    ApiServer,
    /// The operator, later, in a condition.
    Operator,
    /// Nobody: it is accepted, and harms later.
    NoOne,
    /// Nobody but this rule: the operator does it, to pools that are in use.
    Here,
}

impl RefusedBy {
    /// Whether it is the API server, which sees one object at a time.
    pub fn is_api_server(self) -> bool {
        self == Self::ApiServer
    }
}

/// One place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The field, as `spec.calicoNetwork.ipPools[0].blockSize`.
    pub path: String,
    /// The fields of pools that it hangs on: pool index and field.
    pub fields: Vec<(usize, Field)>,
    /// What is wrong.
    pub problem: String,
    /// What would have happened, and where that would have shown.
    pub outcome: String,
    /// What to do.
    pub fix: String,
}

/// What becomes of a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing may be written.
    Refused,
    /// It was there before and nobody would reject it: said, and let through.
    Warned,
    /// `--allow` names the rule: said, and let through.
    Allowed,
}

/// A breach, with its rule and what becomes of it.
#[derive(Clone)]
pub struct Judgement {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// Where and how.
    pub breach: Breach,
    /// What becomes of it.
    pub verdict: Verdict,
    /// How many more there are of the same rule and verdict that are not listed; on the last one
    /// that is, for there is no bound to how often a rule can be broken.
    pub more: usize,
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
    live_pools::LIVE_POOL_MISSING,
    live_pools::LIVE_POOL_BLOCK_SIZE,
    live_pools::LIVE_POOL_ENCAPSULATION,
    live_pools::LIVE_POOL_NOT_OWNED,
    live_pools::LIVE_POOL_OVERLAP,
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

/// Judges `case` by every rule.
///
/// What the API server or the operator would reject is refused. What nobody would reject is
/// refused only where it hangs on a field that this run was asked to set (`asked`), so that a
/// trap of long ago does not block every later run. `allowed` names the rules to let through.
pub fn judge(case: &Case, asked: &[(usize, Field)], allowed: &[&str]) -> Vec<Judgement> {
    let verdict = |rule: &Rule, breach: &Breach| {
        let ours = breach.fields.iter().any(|field| asked.contains(field));
        if allowed.contains(&rule.name) {
            Verdict::Allowed
        } else if rule.refused_by == RefusedBy::NoOne && !ours {
            Verdict::Warned
        } else {
            Verdict::Refused
        }
    };
    let mut judgements: Vec<Judgement> = Vec::new();
    let of_cluster = case.plan.map_or(&[][..], |_| CLUSTER_RULES);
    for rule in RULES.iter().chain(of_cluster) {
        for breach in (rule.check)(case) {
            let verdict = verdict(rule, &breach);
            let alike =
                |other: &&mut Judgement| other.rule.name == rule.name && other.verdict == verdict;
            match judgements.iter_mut().filter(alike).nth(MOST - 1) {
                Some(last) => last.more += 1,
                None => judgements.push(Judgement {
                    rule,
                    breach,
                    verdict,
                    more: 0,
                }),
            }
        }
    }
    judgements
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defaults::Effective;
    use crate::installation::Installation;

    /// The names of the rules that `spec` breaks under `operator`.
    pub(super) fn broken(spec: &str, operator: &str) -> Vec<&'static str> {
        judged(spec, operator, &[], &[])
            .iter()
            .map(|judgement| judgement.rule.name)
            .collect()
    }

    fn judged(
        spec: &str,
        operator: &str,
        asked: &[(usize, Field)],
        allowed: &[&str],
    ) -> Vec<Judgement> {
        let document = serde_yaml::from_str(&format!("spec: {spec}")).unwrap();
        let written = Installation::read(&document);
        let operator = operator.parse().unwrap();
        let effective = Effective::of(&written, operator);
        judge(&Case::new(&written, &effective, operator), asked, allowed)
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
    fn a_trap_is_refused_only_where_this_run_sets_the_field() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.1/16}]}}";
        let verdict = |asked: &[_], allowed: &[_]| judged(spec, "1.42", asked, allowed)[0].verdict;
        assert_eq!(verdict(&[], &[]), Verdict::Warned);
        assert_eq!(verdict(&[(0, Field::BlockSize)], &[]), Verdict::Warned);
        assert_eq!(verdict(&[(0, Field::Cidr)], &[]), Verdict::Refused);
        assert_eq!(
            verdict(&[(0, Field::Cidr)], &["cidr-host-bits"]),
            Verdict::Allowed
        );
    }

    #[test]
    fn of_many_breaches_some_are_listed_and_those_of_this_run_are_among_them() {
        let pools =
            (0..3000).map(|host| format!("{{cidr: 10.{}.{}.1/16}}", host / 256, host % 256));
        let pools: Vec<String> = pools.collect();
        let spec = format!("{{calicoNetwork: {{ipPools: [{}]}}}}", pools.join(", "));
        let found = judged(&spec, "1.42", &[(2999, Field::Cidr)], &[]);
        let host_bits = found.iter().filter(|j| j.rule.name == "cidr-host-bits");
        let warned = host_bits.clone().filter(|j| j.verdict == Verdict::Warned);
        let more: usize = warned.clone().map(|judgement| judgement.more).sum();
        assert_eq!((warned.count(), more), (MOST, 2999 - MOST));
        assert_eq!(
            host_bits.filter(|j| j.verdict == Verdict::Refused).count(),
            1
        );
    }

    #[test]
    fn what_the_operator_rejects_is_refused_whoever_wrote_it() {
        let spec = "{calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16, blockSize: 99}]}}";
        assert_eq!(judged(spec, "1.42", &[], &[])[0].verdict, Verdict::Refused);
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
