//! What Helm pipes to a post-renderer: small streams in tests/fixtures/streams and, if the folder
//! exists, those of Calico's own chart in ../shared/streams.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use calico_test_support::repository;
use serde::Deserialize as _;
use serde_yaml::{Mapping, Value};

use crate::filter::filter;

/// Sets all three fields for both address families.
const ARGUMENTS: [&str; 6] = [
    "--cidr",
    "172.16.0.0/16,fd00:10::/56",
    "--block-size",
    "24,120",
    "--encapsulation",
    "VXLANCrossSubnet",
];

#[test]
fn only_the_three_fields_change() {
    for path in streams() {
        let name = path.display();
        let input = fs::read(&path).unwrap();
        let ran = filter(&ARGUMENTS, &input);
        assert_eq!(ran.exit, 0, "{name}: {}", ran.stderr);
        let before = lines(&input);
        let after = lines(&ran.stdout);
        // Every line that is only in one of the two belongs to a pool.
        let pools = [
            "cidr",
            "blockSize",
            "encapsulation",
            "ipPools",
            "calicoNetwork",
            "spec: {",
        ];
        for (from, to) in [(&before, &after), (&after, &before)] {
            for line in from.iter().filter(|line| !to.contains(*line)) {
                assert!(pools.iter().any(|key| line.contains(key)), "{name}: {line}");
            }
        }
        let mut expected = documents(&input);
        let installation = expected
            .iter_mut()
            .find(|document| document["kind"] == "Installation")
            .unwrap();
        set(installation);
        assert_eq!(documents(&ran.stdout), expected, "{name}");
        let again = filter(&ARGUMENTS, &ran.stdout);
        assert_eq!(
            again.stdout, ran.stdout,
            "{name}: a second run changes the output"
        );
    }
}

#[test]
fn the_operator_version_is_read_from_the_stream() {
    for path in streams() {
        let ran = filter(&[], &fs::read(&path).unwrap());
        let version = path.file_name().unwrap().to_string_lossy().into_owned();
        let operator = match version.get(..7) {
            Some("v3.28.2") => "operator 1.34.5 (from the image tag of its Deployment)",
            Some("v3.31.7") => "operator 1.40.15 (from the image tag of its Deployment)",
            _ => "operator 1.42.3 (from the image tag of its Deployment)",
        };
        // The streams with values have an IPv6 pool without encapsulation, and BGP is off.
        let expected = if version.contains(".values") {
            assert_eq!(ran.exit, 2, "{version}");
            "[unencapsulated-without-bgp]"
        } else {
            assert_eq!(ran.exit, 0, "{version}: {}", ran.stderr);
            operator
        };
        assert!(ran.stderr.contains(expected), "{version}: {}", ran.stderr);
    }
}

fn streams() -> Vec<PathBuf> {
    let folders =
        ["tests/fixtures/streams", "../shared/streams"].map(|folder| repository().join(folder));
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "tests/fixtures/streams is empty");
    paths
}

fn lines(bytes: &[u8]) -> BTreeSet<String> {
    String::from_utf8_lossy(bytes)
        .lines()
        .map(str::to_owned)
        .collect()
}

fn documents(bytes: &[u8]) -> Vec<Value> {
    serde_yaml::Deserializer::from_slice(bytes)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

/// Sets the three fields in the pool of each family, and adds the pool if there is none.
fn set(installation: &mut Value) {
    let spec = installation["spec"].as_mapping_mut().unwrap();
    let pools = spec
        .entry("calicoNetwork".into())
        .or_insert_with(|| Value::Mapping(Mapping::new()))
        .as_mapping_mut()
        .unwrap()
        .entry("ipPools".into())
        .or_insert_with(|| Value::Sequence(Vec::new()))
        .as_sequence_mut()
        .unwrap();
    for (cidr, size, is_v6) in [
        ("172.16.0.0/16", 24_u64, false),
        ("fd00:10::/56", 120, true),
    ] {
        let index = pools
            .iter()
            .position(|pool| pool["cidr"].as_str().unwrap().contains(':') == is_v6)
            .unwrap_or_else(|| {
                pools.push(Value::Mapping(Mapping::new()));
                pools.len() - 1
            });
        let pool = pools[index].as_mapping_mut().unwrap();
        pool.insert("cidr".into(), cidr.into());
        pool.insert("blockSize".into(), size.into());
        pool.insert("encapsulation".into(), "VXLANCrossSubnet".into());
    }
}
