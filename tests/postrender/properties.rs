//! Properties of the filter, for generated documents in many styles and for the inputs of the cases
//! with random changes.

use std::fs;

use calico_core::cluster_plan::{ClusterPlan, ExistingPool, PlannedPool};
use calico_test_support::cases::cases;
use helm_postrender::{Cluster, Fields, Options, PlanSource, Request, Stream, filter};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{invariants, oracle};

/// CIDR, block size and encapsulation to set, for any of the two families.
fn options() -> impl Strategy<Value = Options> {
    let v4 = Fields {
        cidr: Some("172.16.0.0/16".parse().unwrap()),
        block_size: Some("24".parse().unwrap()),
        encapsulation: Some("VXLAN".parse().unwrap()),
    };
    let v6 = Fields {
        cidr: Some("fd00:10::/56".parse().unwrap()),
        block_size: Some("120".parse().unwrap()),
        encapsulation: Some("VXLANCrossSubnet".parse().unwrap()),
    };
    let fields = |full: Fields| {
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            move |(cidr, size, encapsulation)| Fields {
                cidr: full.cidr.filter(|_| cidr),
                block_size: full.block_size.filter(|_| size),
                encapsulation: full.encapsulation.filter(|_| encapsulation),
            },
        )
    };
    (fields(v4), fields(v6)).prop_map(|(v4, v6)| Options {
        request: Request {
            v4,
            v6,
            ..Request::default()
        },
        ..Options::default()
    })
}

/// Other fields of an existing pool, with values of every type and strings that YAML may read as something else.
const OTHERS: &str = r#"{name: "off", natOutgoing: Disabled, nodeSelector: "has(a) && b == 'c: \"d\"' # e",
    allowedUses: [Workload, "y"], disableBGPExport: true, assignmentMode: "1_0", disableNewAllocations: false}"#;

/// A cluster with existing pools of one family or both, owned by the operator or not.
fn cluster() -> impl Strategy<Value = Cluster> {
    let existing = |name: &str, cidr: &str, block_size, encapsulation: &str, owned| ExistingPool {
        name: name.to_owned(),
        cidr: cidr.to_owned(),
        block_size,
        encapsulation: encapsulation.to_owned(),
        owned,
        other_fields: serde_yaml::from_str(OTHERS).unwrap(),
    };
    let needed = |cidr: &str, block_size| PlannedPool {
        cidr: Some(cidr.to_owned()),
        block_size: Some(block_size),
        encapsulation: Some("VXLAN".to_owned()),
    };
    let planned = vec![needed("10.244.0.0/17", 25), needed("fd00:244::/64", 123)];
    (any::<[bool; 4]>(), any::<bool>()).prop_map(move |(owned, second)| {
        let pools = [
            existing("a", "10.244.0.0/16", 24, "VXLAN", owned[0]),
            existing("b", "fd00:244:0::/64", 122, "VXLANCrossSubnet", owned[1]),
            existing("c", "10.9.0.1/24", 26, "IPIP", owned[2]),
        ];
        let count = if second { 3 } else { usize::from(owned[3]) };
        Cluster {
            plan: ClusterPlan {
                pools: planned.clone(),
                existing_pools: pools[..count].to_vec(),
                ..ClusterPlan::default()
            },
            source: PlanSource::Config,
            path: "plan.yaml".to_owned(),
        }
    })
}

/// The style of a document.
#[derive(Clone, Debug)]
struct Style {
    step: usize,
    list_step: usize,
    quote: &'static str,
    newline: &'static str,
    comment: &'static str,
    flow_pools: bool,
    final_newline: bool,
}

fn style() -> impl Strategy<Value = Style> {
    let comments = select(vec!["", " # note", "\t# tab", "   ", " # it's: {a} [b"]);
    (
        1..=5_usize,
        0..=3_usize,
        select(vec!["", "'", "\""]),
        select(vec!["\n", "\r\n"]),
        comments,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(step, list_step, quote, newline, comment, flow_pools, final_newline)| Style {
                step,
                list_step,
                quote,
                newline,
                comment,
                flow_pools,
                final_newline,
            },
        )
}

/// What a field above the pools holds.
#[derive(Clone, Copy, Debug)]
enum Level {
    Absent,
    Null(&'static str),
    EmptyFlow,
    Keys,
}

fn level() -> impl Strategy<Value = Level> {
    select(vec![
        Level::Absent,
        Level::Null(""),
        Level::Null(" null"),
        Level::Null(" ~"),
        Level::EmptyFlow,
        Level::Keys,
        Level::Keys,
        Level::Keys,
    ])
}

/// The fields of a pool, in any order.
fn pool(
    cidr: &'static str,
    size: &'static str,
) -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let optional = vec![
        ("blockSize", size),
        ("encapsulation", "VXLAN"),
        ("natOutgoing", "Enabled"),
        ("nodeSelector", "all()"),
        ("disableBGPExport", "false"),
    ];
    (
        proptest::sample::subsequence(optional, 0..=5),
        any::<Index>(),
    )
        .prop_map(move |(mut keys, at)| {
            keys.insert(at.index(keys.len() + 1), ("cidr", cidr));
            keys
        })
}

fn document() -> impl Strategy<Value = String> {
    let pools = prop_oneof![
        Just(vec![]),
        pool("10.244.0.0/16", "26").prop_map(|pool| vec![pool]),
        pool("fd00:244::/64", "122").prop_map(|pool| vec![pool]),
        (pool("10.244.0.0/16", "26"), pool("fd00:244::/64", "122"))
            .prop_map(|(v4, v6)| vec![v4, v6]),
    ];
    (style(), level(), level(), pools)
        .prop_map(|(style, spec, network, pools)| write(&style, spec, network, &pools))
}

fn write(style: &Style, spec: Level, network: Level, pools: &[Vec<(&str, &str)>]) -> String {
    let Style {
        step,
        list_step,
        quote,
        newline,
        comment,
        ..
    } = style;
    let mut lines = vec![
        "apiVersion: operator.tigera.io/v1".to_owned(),
        "kind: Installation".to_owned(),
        "metadata:".to_owned(),
        format!("{:step$}name: default{comment}", ""),
    ];
    let open = |lines: &mut Vec<String>, key: &str, indent: usize, level: Level| match level {
        Level::Absent => false,
        Level::Null(word) => {
            lines.push(format!("{:indent$}{key}:{word}{comment}", ""));
            false
        }
        Level::EmptyFlow => {
            lines.push(format!("{:indent$}{key}: {{}}{comment}", ""));
            false
        }
        Level::Keys => {
            lines.push(format!("{:indent$}{key}:{comment}", ""));
            true
        }
    };
    if open(&mut lines, "spec", 0, spec) {
        lines.push(format!(
            "{:step$}registry: {quote}quay.io/{quote}{comment}",
            ""
        ));
        if open(&mut lines, "calicoNetwork", *step, network) {
            let indent = 2 * step;
            let dash = indent + list_step;
            lines.push(format!("{:indent$}mtu: 1400", ""));
            let value = |key: &str, value: &str| match key {
                "blockSize" | "disableBGPExport" => value.to_owned(),
                "cidr" if style.flow_pools => format!("\"{value}\""),
                _ => format!("{quote}{value}{quote}"),
            };
            match pools {
                [] => lines.push(format!("{:indent$}ipPools: []{comment}", "")),
                _ => lines.push(format!("{:indent$}ipPools:{comment}", "")),
            }
            for pool in pools {
                let keys = pool
                    .iter()
                    .map(|(key, text)| format!("{key}: {}", value(key, text)));
                if style.flow_pools {
                    let keys: Vec<String> = keys.collect();
                    lines.push(format!("{:dash$}- {{{}}}{comment}", "", keys.join(", ")));
                } else {
                    for (at, key) in keys.enumerate() {
                        let lead = if at == 0 { "- " } else { "  " };
                        lines.push(format!("{:dash$}{lead}{key}{comment}", ""));
                    }
                }
            }
            lines.push(format!("{:indent$}bgp: Enabled{comment}", ""));
        }
        lines.push(format!("{:step$}variant: Calico", ""));
    }
    let end = if style.final_newline { newline } else { "" };
    format!("{}{end}", lines.join(newline))
}

/// What comes before the document to edit, and must not change.
fn preceding() -> impl Strategy<Value = &'static str> {
    select(vec![
        "---\n",
        "",
        "---\n# only a comment\n---\n",
        "--- # note\na: \"on\"\nb: 0777\n---\n",
        "a: |\n  kind: Installation\n  apiVersion: operator.tigera.io/v1\n---\r\n",
        "{{ not yaml }}: [\n---\n",
        "a: 1\n...\n---\n",
    ])
}

/// Every run generates the same documents. `PROPTEST_CASES` sets how many.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(4000),
        rng_seed: proptest::test_runner::RngSeed::Fixed(962),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn generated_documents(before in preceding(), document in document(), options in options()) {
        let input = format!("{before}{document}");
        let edited = invariants::check(input.as_bytes(), &options);
        if let Some((before, after)) = &edited {
            kept_lines(before, after);
            prop_assert!(oracle::read(before).is_some(), "the oracle cannot read\n{before}");
        }
        // Such a document is refused only for lack of a CIDR, which the API requires.
        let has_cidrs = options.request.v4.cidr.is_some() && options.request.v6.cidr.is_some();
        prop_assert!(edited.is_some() || !has_cidrs, "not edited:\n{input}");
    }

    #[test]
    fn case_inputs_with_changed_bytes(
        seed in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), select(b"\n\r\t :-#'\"{}[],&*!|>?%@`ax0~\xff\xc2\x85".to_vec()), 0..4_u8), 1..4),
        options in options(),
    ) {
        let seeds = seeds();
        let mut input = seeds[seed.index(seeds.len())].clone();
        for (at, byte, change) in changes {
            let at = at.index(input.len() + 1);
            match change {
                0 if at < input.len() => { input.remove(at); }
                1 if at < input.len() => input[at] = byte,
                2 => { let line: Vec<u8> = input[at..].iter().copied().take(20).collect(); input.splice(at..at, line); }
                _ => input.insert(at, byte),
            }
        }
        invariants::check(&input, &options);
    }

    #[test]
    fn no_pool_owned_by_the_operator_disappears(
        input in document(),
        options in options(),
        cluster in cluster(),
    ) {
        let options = Options { cluster: Some(cluster.clone()), ..options };
        let edited = invariants::check(input.as_bytes(), &options);
        let (_, result) = filter(&Stream::new(input.clone().into_bytes()), &options);
        let out = edited.map_or(input, |(_, after)| after);
        if result.is_ok() {
            let owned = cluster.plan.existing_pools.iter().filter(|pool| pool.owned);
            for pool in owned {
                prop_assert!(out.contains(&pool.cidr), "{} is missing in\n{out}", pool.cidr);
            }
        }
    }

    #[test]
    fn any_bytes(input in prop::collection::vec(any::<u8>(), 0..200), options in options()) {
        invariants::check(&input, &options);
    }
}

/// Lines without one of the fields, or a field above them, are kept, in order.
fn kept_lines(before: &str, after: &str) {
    const KEYS: [&str; 6] = [
        "cidr",
        "blockSize",
        "encapsulation",
        "ipPools",
        "calicoNetwork",
        "spec",
    ];
    // A flow mapping has several keys on a line.
    if before.contains('{') {
        return;
    }
    let is_other = |line: &&str| !KEYS.iter().any(|key| line.contains(key));
    let (before, after): (Vec<&str>, Vec<&str>) = (
        before.lines().filter(is_other).collect(),
        after.lines().filter(is_other).collect(),
    );
    let mut rest = after.iter();
    for line in before {
        assert!(
            rest.any(|kept| *kept == line),
            "the line {line:?} is missing in {after:#?}"
        );
    }
}

/// The input of every case.
fn seeds() -> &'static Vec<Vec<u8>> {
    static SEEDS: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
    SEEDS.get_or_init(|| {
        cases("postrender", "args")
            .into_iter()
            .map(|case| fs::read(case.join("in.yaml")).unwrap())
            .collect()
    })
}
