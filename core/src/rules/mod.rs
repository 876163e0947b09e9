//! The rules for an Installation: what the API server or the operator rejects, and what both accept but
//! nobody can undo. Each rule is checked after the operator's own defaulting, for one operator version.
//!
//! A rule is declared once, with its text, in the file of its subject, and listed in table.rs. To
//! add one: write it, list it, add a failing and a passing case to
//! tests/cases/postrender/rules, and regenerate docs/rules.md
//! (`UPDATE_CASES=1 cargo test --test postrender rules`).

mod advice;
mod autodetection;
mod bgp;
mod block_size;
mod bpf;
mod case;
mod check;
mod cidr;
mod cluster_settings;
mod cni;
mod dataplane;
mod default_pool;
mod details;
mod encapsulation;
mod existing_pools;
mod ip_pool_schema;
mod load_balancer;
mod node_settings;
mod overlaps;
mod placeholder;
mod pod_network;
mod policy_only;
mod pool_changes;
mod pool_fields;
mod pools;
mod reference;
mod rejection;
mod rule;
mod schema;
mod supported_settings;
mod table;
mod unknown_field;
mod windows;

pub use case::Case;
pub use check::{Verdict, Violation, check};
pub use reference::reference;
pub use rule::{Enforcement, Rule};
pub use table::all;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::Entry;
    use crate::defaults::Effective;
    use crate::installation::Installation;
    use crate::pool::Field;
    use crate::text::MOST;

    /// The names of the rules that `spec` breaks under `operator`.
    fn broken(spec: &str, operator: &str) -> Vec<&'static str> {
        violations(spec, operator, &[], &[])
            .iter()
            .map(|violation| violation.rule.entry.code)
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
    fn codes_are_unique_and_kebab_case() {
        let codes: HashSet<&str> = all().map(|rule| rule.entry.code).collect();
        assert_eq!(codes.len(), all().count());
        for code in codes {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(code.chars().all(kebab), "{code}");
        }
    }

    #[test]
    fn every_text_is_written() {
        for Entry {
            code,
            title,
            meaning,
            impact,
            criteria,
            fix,
            source,
        } in all().map(|rule| &rule.entry)
        {
            assert!(
                !title.is_empty() && !title.ends_with('.'),
                "{code}: {title}"
            );
            assert!(
                !source.is_empty() && !source.ends_with('.'),
                "{code}: {source}"
            );
            for text in [meaning, impact, criteria, fix] {
                assert!(text.ends_with('.'), "{code}: {text}");
            }
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
            .filter(|violation| violation.rule.entry.code == "cidr-host-bits");
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
        let dropped = ["unknown-field"].as_slice();
        for (spec, operator, broken_by) in [
            ("{calicoNetwork: {bgp: disabled}}", "1.42", rule),
            ("{calicoNetwork: {bgp: ''}}", "1.42", rule),
            ("{calicoNetwork: {hostPorts: 'true'}}", "1.30", rule),
            ("{calicoNetwork: {linuxDataplane: Nftables}}", "1.34", rule),
            ("{calicoNetwork: {linuxDataplane: Nftables}}", "1.36", &[]),
            ("{calicoNetwork: {windowsDataplane: hns}}", "1.30", dropped),
            ("{calicoNetwork: {windowsDataplane: hns}}", "1.32", rule),
            (
                "{calicoNetwork: {clusterRoutingMode: felix}}",
                "1.40",
                dropped,
            ),
            ("{calicoNetwork: {clusterRoutingMode: felix}}", "1.42", rule),
            ("{cni: {type: calico}}", "1.42", rule),
            (
                "{cni: {type: Calico, ipam: {type: Hostlocal}}}",
                "1.42",
                rule,
            ),
            ("{kubernetesProvider: Kind}", "1.38", rule),
            ("{kubernetesProvider: Kind}", "1.40", &[]),
            ("{kubernetesProvider: ''}", "1.42", &[]),
        ] {
            assert_eq!(broken(spec, operator), broken_by, "{spec} under {operator}");
        }
    }

    #[test]
    fn a_default_install_breaks_nothing() {
        for minor in (30..=44).map(|minor| format!("1.{minor}")) {
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
