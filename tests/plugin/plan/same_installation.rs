//! Every format of a plan gives the same pools, or is refused with what to use instead.

use calico_core::cidr::Cidr;
use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use calico_test_support::documents::{only, parse};
use serde_json::{Value, json};

use super::case::{Case, case, cases, installation};
use super::filter_config::with_config;
use super::filter_flags::Flags;

/// The pools that the operator makes of a stream, without their names: an existing pool keeps its own.
/// Without existing pools that it does not own, too: it leaves them alone, listed or not.
fn pools(plan: &Value, stream: &str) -> Value {
    let operator: OperatorVersion = plan["operator"]["value"].as_str().unwrap().parse().unwrap();
    let document = only(&parse(stream), "Installation").to_string();
    let written = Installation::read(&serde_yaml::from_str(&document).unwrap());
    let effective = Effective::of(&written, operator);
    let pools = effective.pools.iter().map(|pool| {
        json!({
            "cidr": pool.network().map(|cidr: &Cidr| cidr.network().to_string()),
            "blockSize": pool.block_size,
            "encapsulation": pool.encapsulation,
            "natOutgoing": pool.nat_outgoing,
            "nodeSelector": pool.node_selector,
            "allowedUses": pool.allowed_uses,
            "disableNewAllocations": pool.disables_new_allocations,
        })
    });
    let existing = plan["existingPools"].as_array().unwrap();
    let is_left_alone = |pool: &Value| {
        existing
            .iter()
            .any(|other| other["cidr"] == pool["cidr"] && other["ownedByOperator"] == false)
    };
    let mut pools: Vec<Value> = pools.filter(|pool| !is_left_alone(pool)).collect();
    pools.sort_by_key(|pool| pool["cidr"].to_string());
    json!(pools)
}

/// The pools by each format that can express the plan.
fn by_format(case: &Case) -> Vec<(&'static str, Value)> {
    let plan = &case.json();
    let written = |format| {
        let ran = case.run(&["-o", format]);
        let name = case.name();
        match ran.exit {
            0 => Some(ran.stdout),
            64 => {
                let hints = [
                    "-o values",
                    "follow the steps",
                    "without flags",
                    "restore the Installation",
                ];
                let has_hint = hints.iter().any(|hint| ran.stderr.contains(hint));
                assert!(has_hint, "{name} {format}: {}", ran.stderr);
                None
            }
            exit => panic!("{name} {format}: exit {exit}\n{}", ran.stderr),
        }
    };
    let mut found = Vec::new();
    if let Some(values) = written("values") {
        let values: Value = serde_yaml::from_str(&values).unwrap();
        found.push((
            "values",
            pools(plan, &installation(&values["installation"])),
        ));
    }
    if let Some(manifest) = written("installation") {
        found.push(("installation", pools(plan, &manifest)));
    }
    // As the chart renders it without pools in its values.
    let rendered = written("flags").map(|_| Flags::of(case));
    if let Some(flags) = &rendered {
        let (exit, stream, message) = flags.rendered(case);
        assert_eq!(exit, Some(0), "{}: {message}", case.name());
        found.push(("flags", pools(plan, &stream)));
    }
    if written("config").is_some() {
        let settings = json!({"controlPlaneReplicas": 2});
        let chart = rendered.map_or_else(|| installation(&settings), |flags| flags.installation());
        let (exit, stream, message) = with_config(case, &[], &chart);
        assert_eq!(exit, Some(0), "{} config: {message}", case.name());
        found.push(("config", pools(plan, &stream)));
    }
    found
}

#[test]
fn every_format_gives_the_same_pools() {
    let mut checked = 0;
    let mut failures = Vec::new();
    for case in cases() {
        if case.run(&[]).exit != 0 {
            continue;
        }
        let found = by_format(&case);
        let Some((first, expected)) = found.first() else {
            continue;
        };
        checked += found.len();
        for (format, pools) in &found {
            if pools != expected {
                let name = case.name();
                failures.push(format!(
                    "{name}\n  {first}: {expected}\n  {format}: {pools}"
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(checked >= 150, "only {checked} outputs");
}

#[test]
fn no_pool_means_no_empty_flag() {
    let case = case("other-cni-with-pools");
    for format in ["flags", "values", "installation"] {
        let ran = case.run(&["-o", format]);
        assert_eq!(ran.exit, 64, "{format}: {}", ran.stdout);
        assert!(!ran.stdout.contains("--cidr"), "{}", ran.stdout);
        let message = "AmazonVPC assigns pod addresses";
        assert!(ran.stderr.contains(message), "{format}: {}", ran.stderr);
    }
}
