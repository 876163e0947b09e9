//! Generated documents, with an Installation in many styles.

use proptest::prelude::*;
use proptest::sample::{Index, select};

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

pub(super) fn document() -> impl Strategy<Value = String> {
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
pub(super) fn preceding() -> impl Strategy<Value = &'static str> {
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
