//! The formats of a plan.

use std::fs;

use calico_core::cluster_plan::{API_VERSION, ClusterPlan, KIND};
use calico_test_support::repository;
use serde_json::Value;

use super::case::{case, cases};

/// Formats that are applied without reading them.
const APPLIED: [&str; 3] = ["flags", "values", "installation"];

#[test]
fn the_exit_code_is_the_same_and_a_refused_plan_is_not_written() {
    for case in cases() {
        for fail_on in ["error", "warning"] {
            let run = |format| case.run(&["--fail-on", fail_on, "-o", format]);
            let exit = run("text").exit;
            assert_eq!(run("json").exit, exit, "{} json", case.name());
            // It is a usage error to request a plan in a format that cannot express it.
            let config = run("config");
            let exits = [exit, 64];
            assert!(exits.contains(&config.exit), "{} config", case.name());
            let is_written = [0, 2].contains(&config.exit);
            assert_eq!(
                config.stdout.is_empty(),
                !is_written,
                "{} config",
                case.name()
            );
            for format in APPLIED {
                let ran = run(format);
                assert!([exit, 64].contains(&ran.exit), "{} {format}", case.name());
                let written = ran.exit == 0;
                let refused = match format {
                    "flags" => "--kubectl-calico-plan-failed\n",
                    "values" => "\"kubectl calico plan failed; see its error message\"\n",
                    _ => "",
                };
                assert_eq!(ran.stdout != refused, written, "{} {format}", case.name());
                assert_eq!(ran.stderr.is_empty(), written, "{} {format}", case.name());
            }
        }
    }
}

#[test]
fn an_unknown_value_is_an_error_with_the_flag_that_sets_it() {
    let ran = case("no-source").run(&["-o", "values"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("set --cidr"), "{}", ran.stderr);
    let ran = case("no-source").run(&["-o", "values", "--cidr", "10.244.128.0/17"]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
}

#[test]
fn flags_have_no_character_with_a_meaning_in_a_shell() {
    for case in cases() {
        let ran = case.run(&["-o", "flags", "--fail-on", "never"]);
        let plain = |c: char| c.is_ascii_alphanumeric() || " -.,:/=".contains(c);
        let line = ran.stdout.trim_end_matches('\n');
        assert!(line.chars().all(plain), "{}: {line:?}", case.name());
    }
}

#[test]
fn flags_that_cannot_express_the_plan_are_refused() {
    let ran = case("installed-settings").run(&["-o", "flags"]);
    assert_eq!(
        (ran.exit, ran.stdout.as_str()),
        (64, "--kubectl-calico-plan-failed\n")
    );
    assert!(ran.stderr.contains("-o values"), "{}", ran.stderr);
    let values = case("installed-settings").written("values");
    for kept in [
        "zone == 'a'",
        "10.244.128.0/17",
        "natOutgoing: \"Disabled\"",
    ] {
        assert!(values.contains(kept), "{values}");
    }
}

#[test]
fn the_pools_of_a_manifest_install_keep_their_settings() {
    let values = case("installed-manifest-settings").written("values");
    for kept in [
        "natOutgoing: \"Disabled\"",
        "zone == 'a'",
        "10.245.0.0/16",
        "zone == 'b'",
    ] {
        assert!(values.contains(kept), "{kept}: {values}");
    }
}

#[test]
fn an_installation_of_which_too_little_is_known_is_only_restored() {
    let case = case("without-an-installation-on-windows");
    for format in APPLIED {
        let ran = case.run(&["-o", format]);
        assert_eq!(ran.exit, 64, "{format}");
        let why = "restore the Installation from Git or from Helm's values";
        assert!(ran.stderr.contains(why), "{format}: {}", ran.stderr);
    }
}

#[test]
fn an_unlisted_pool_is_in_every_format() {
    let case = case("installed-lost");
    for format in ["values", "installation", "config", "flags"] {
        let text = case.written(format);
        assert!(text.contains("10.244.0.0/16"), "{format}: {text}");
    }
}

#[test]
fn every_pool_has_a_cidr() {
    for case in cases() {
        let ran = case.run(&["-o", "values", "--fail-on", "never"]);
        if ran.exit != 0 {
            continue;
        }
        let values: Value = serde_yaml::from_str(&ran.stdout).unwrap();
        let pools = &values["installation"]["calicoNetwork"]["ipPools"];
        for pool in pools.as_array().into_iter().flatten() {
            assert!(pool["cidr"].is_string(), "{}: {values}", case.name());
        }
    }
}

#[test]
fn a_config_that_cannot_express_a_change_of_an_existing_pool_is_refused() {
    let ran = case("installed-encapsulation").run(&["-o", "config"]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""));
    assert!(ran.stderr.contains("default-ipv4-ippool"), "{}", ran.stderr);
}

/// The type rejects unknown fields.
#[test]
fn a_config_is_a_cluster_plan() {
    for case in cases() {
        let ran = case.run(&["-o", "config", "--fail-on", "never"]);
        if ran.exit == 64 {
            continue;
        }
        let text = ran.stdout;
        let plan: ClusterPlan = serde_yaml::from_str(&text).unwrap();
        assert_eq!(
            (plan.api_version.as_str(), plan.kind.as_str()),
            (API_VERSION, KIND)
        );
        let json = case.json();
        let pools = json["pools"].as_array().unwrap();
        // Further pools that the Installation lists follow.
        assert!(plan.pools.len() >= pools.len(), "{}", case.name());
        for (config, json) in plan.pools.iter().zip(pools) {
            let value = |field: &str| json[field].get("value").cloned();
            assert_eq!(config.cidr.clone().map(Value::from), value("cidr"));
            assert_eq!(config.block_size.map(Value::from), value("blockSize"));
            assert_eq!(
                config.encapsulation.clone().map(Value::from),
                value("encapsulation")
            );
        }
        let existing = json["existingPools"].as_array().unwrap();
        assert_eq!(plan.existing_pools.len(), existing.len(), "{}", case.name());
    }
}

#[test]
fn every_plan_matches_the_schema() {
    let path = repository().join("docs/plan.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for case in cases() {
        let errors: Vec<String> = schema
            .iter_errors(&case.json())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}\n{}", case.name(), errors.join("\n"));
    }
}

/// A value has a reason. An unknown one has the flag that sets it.
#[test]
fn no_value_is_a_guess() {
    for case in cases() {
        let plan = case.json();
        let pools = plan["pools"].as_array().unwrap();
        let in_pools = pools
            .iter()
            .flat_map(|pool| ["cidr", "blockSize", "encapsulation"].map(|field| &pool[field]));
        let others = ["operator", "nodes", "podsPerNode"].map(|field| &plan[field]);
        for value in in_pools.chain(others) {
            let reason = value
                .get("why")
                .or(value.get("flag"))
                .and_then(Value::as_str);
            assert!(
                reason.is_some_and(|reason| !reason.is_empty()),
                "{}: {value}",
                case.name()
            );
        }
    }
}

/// So YAML 1.1 and 1.2 parsers read the same values.
#[test]
fn every_string_in_yaml_is_quoted() {
    for format in ["values", "installation", "config"] {
        let text = case("dual-stack").written(format);
        for line in text.lines().filter(|line| !line.starts_with(['#', '-'])) {
            let value = line.split_once(": ").map_or("", |(_, value)| value);
            let quoted = value.starts_with('"') && value.ends_with('"');
            let plain =
                value.parse::<u8>().is_ok() || ["", "{}", "[]", "true", "false"].contains(&value);
            assert!(quoted || plain, "{line}");
        }
    }
}
