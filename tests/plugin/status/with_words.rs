//! `status --with`: what its first and last lines count, and words that only helm-postrender needs.

use calico_test_support::clusters::cluster;

use super::with::run_over;

const POOL: &str = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: extra}\n\
                    spec: {cidr: 10.244.128.0/20, vxlanMode: Always, natOutgoing: true}\n";

#[test]
fn the_first_line_counts_all_and_the_last_one_what_is_new() {
    let debug = "base: helm\n---\napiVersion: projectcalico.org/v3\nkind: FelixConfiguration\n\
                 metadata: {name: default}\nspec: {logSeverityScreen: Debug}\n";
    let outcome = run_over(&cluster(debug), POOL, &[]);
    let first = outcome.stdout.lines().next().unwrap();
    assert!(first.contains("with the manifests, Calico"), "{first}");
    assert!(first.ends_with("is degraded: 1 error, 1 note"), "{first}");
    let compared = "1 new finding, 0 gone, 1 unchanged";
    assert!(outcome.stdout.contains(compared), "{}", outcome.stdout);
    let last = "degraded: 1 new finding; ";
    assert!(outcome.stdout.contains(last), "{}", outcome.stdout);
}

#[test]
fn no_fix_names_a_flag_of_helm_postrender() {
    let pools = "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n\
                 spec: {calicoNetwork: {ipPools: [{cidr: 10.244.0.0/16}, \
                 {cidr: 'fd00:10:244::/56', encapsulation: IPIP}]}}\n";
    let outcome = run_over(&cluster("base: helm\n"), pools, &[]);
    assert!(
        outcome.stdout.contains("ipip-on-ipv6"),
        "{}",
        outcome.stdout
    );
    let fix = "use VXLAN, VXLANCrossSubnet or None for IPv6\n";
    assert!(outcome.stdout.contains(fix), "{}", outcome.stdout);
}
