//! The plan as arguments of helm install and helm upgrade, the same for Helm 3 and 4. No shell splits or
//! expands any word in them, so `$(kubectl calico plan -o flags)` passes them unchanged.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::{TUNNEL, WORKLOAD};
use serde_yaml::Value;

use crate::plan::{Plan, Pool};

/// One line, or why flags cannot express the plan.
pub fn flags(plan: &Plan) -> Result<String, String> {
    check_expressible(&plan.entries)?;
    let mut words: Vec<String> = Vec::new();
    for setting in &plan.settings {
        let (path, value) = (&setting.path, setting.text());
        // Neither a shell nor Helm gives any of these characters a meaning.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".:/-".contains(c);
        if !value.chars().all(is_plain) {
            return Err(format!(
                "the Installation needs {path}, whose value no flag can set: use -o values"
            ));
        }
        words.push(format!("--set installation.{path}={value}"));
    }
    if !plan.entries.is_empty() {
        words.push("--post-renderer helm-postrender".to_owned());
        let arguments = arguments(&plan.pools).into_iter();
        words.extend(arguments.map(|argument| format!("--post-renderer-args {argument}")));
    }
    Ok(format!("{}\n", words.join(" ")))
}

/// The arguments of the filter, for all families at once.
fn arguments(pools: &[Pool]) -> [String; 3] {
    fn each(pools: &[Pool], value: impl Fn(&Pool) -> Option<String>) -> Vec<String> {
        pools.iter().filter_map(value).collect()
    }
    let cidrs = each(pools, |pool| Some(pool.cidr.value()?.to_string()));
    let sizes = each(pools, |pool| Some(pool.block_size.value()?.to_string()));
    let mut encapsulations = each(pools, |pool| Some(pool.encapsulation.value()?.to_string()));
    encapsulations.dedup();
    if encapsulations.len() > 1 {
        encapsulations = each(pools, |pool| {
            let value = pool.encapsulation.value()?;
            Some(format!("{}={value}", pool.family.key()))
        });
    }
    [
        format!("--cidr={}", cidrs.join(",")),
        format!("--block-size={}", sizes.join(",")),
        format!("--encapsulation={}", encapsulations.join(",")),
    ]
}

/// The filter sets three fields of one pool per family; the operator fills in the rest.
fn check_expressible(entries: &[Value]) -> Result<(), String> {
    let hint = "use -o values or -o config";
    let mut families = Vec::new();
    for entry in entries {
        let Some(family) = entry.get("cidr").and_then(Value::as_str).and_then(family) else {
            continue;
        };
        if families.contains(&family) {
            return Err(format!(
                "the Installation lists several {family} pools, but flags can set only one per \
                 family: {hint}"
            ));
        }
        families.push(family);
        for (key, value) in entry.as_mapping().into_iter().flatten() {
            let key = key.as_str().unwrap_or_default();
            if !is_default(family, key, value) {
                return Err(format!(
                    "the {family} pool in the Installation sets {key}, which no flag can set: \
                     {hint}"
                ));
            }
        }
    }
    Ok(())
}

fn family(cidr: &str) -> Option<Family> {
    cidr.parse().ok().map(|cidr: Cidr| cidr.family())
}

/// Whether the operator would fill in the same value.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/defaults.go.
fn is_default(family: Family, key: &str, value: &Value) -> bool {
    let text = value.as_str();
    match key {
        "cidr" | "blockSize" | "encapsulation" => true,
        // An existing pool keeps its name.
        "name" => true,
        "natOutgoing" => match family {
            Family::V4 => text == Some("Enabled"),
            Family::V6 => text == Some("Disabled"),
        },
        "nodeSelector" => text == Some("all()"),
        "assignmentMode" => text == Some("Automatic"),
        "disableBGPExport" | "disableNewAllocations" => value.as_bool() == Some(false),
        "allowedUses" => {
            let uses = value.as_sequence().into_iter().flatten();
            uses.filter_map(Value::as_str).eq([WORKLOAD, TUNNEL])
        }
        _ => false,
    }
}
