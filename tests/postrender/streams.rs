//! What real Helm pipes to a post-renderer: streams of the real chart, where they are at hand in
//! ../shared/streams beside the project, and small ones of the same forms, which always are.

use std::fs;
use std::path::PathBuf;

use calico_test_support::repository;
use serde::Deserialize as _;
use serde_yaml::Value;

use crate::filter::filter;

/// The fields to set, and what must come of them, for each family that a stream has.
const ARGUMENTS: [&str; 6] = [
    "--cidr",
    "172.16.0.0/16,fd00:10::/56",
    "--block-size",
    "24,120",
    "--encapsulation",
    "VXLANCrossSubnet",
];

#[test]
fn nothing_but_the_three_fields_changes() {
    for path in streams() {
        let name = path.display();
        let input = fs::read(&path).unwrap();
        let ran = filter(&ARGUMENTS, &input);
        assert_eq!(ran.exit, 0, "{name}: {}", ran.stderr);
        let before = lines(&input);
        let after = lines(&ran.stdout);
        // Lines that only one of the two has are those of the pools.
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
        let (mut before, after) = (documents(&input), documents(&ran.stdout));
        assert_eq!(before.len(), after.len(), "{name}");
        let installation = before
            .iter_mut()
            .find(|d| d["kind"] == "Installation")
            .unwrap();
        set(installation);
        assert_eq!(
            before, after,
            "{name}: the documents do not mean what they should"
        );
        let again = filter(&ARGUMENTS, &ran.stdout);
        assert_eq!(
            again.stdout, ran.stdout,
            "{name}: a second run changes something"
        );
    }
}

#[test]
fn the_operator_is_read_from_the_stream() {
    for path in streams() {
        let ran = filter(&[], &fs::read(&path).unwrap());
        let version = path.file_name().unwrap().to_string_lossy().into_owned();
        let operator = match version.get(..7) {
            Some("v3.28.2") => "operator 1.34.5 (from the image tag of its Deployment)",
            Some("v3.31.7") => "operator 1.40.15 (from the image tag of its Deployment)",
            _ => "operator 1.42.3 (from the image tag of its Deployment)",
        };
        // The streams with values have an IPv6 pool without encapsulation and BGP off.
        let said = if version.contains(".values") {
            assert_eq!(ran.exit, 2, "{version}");
            "[unencapsulated-without-bgp]"
        } else {
            assert_eq!(ran.exit, 0, "{version}: {}", ran.stderr);
            operator
        };
        assert!(ran.stderr.contains(said), "{version}: {}", ran.stderr);
    }
}

fn streams() -> Vec<PathBuf> {
    let folders =
        ["tests/fixtures/streams", "../shared/streams"].map(|folder| repository().join(folder));
    let entries = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "tests/fixtures/streams is empty");
    paths
}

fn lines(bytes: &[u8]) -> std::collections::BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().map(str::to_owned).collect()
}

fn documents(bytes: &[u8]) -> Vec<Value> {
    serde_yaml::Deserializer::from_slice(bytes)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

/// The edit, on data: the three fields in the pool of each family, which is made if it is not
/// there.
fn set(installation: &mut Value) {
    let spec = installation["spec"].as_mapping_mut().unwrap();
    let network = spec
        .entry("calicoNetwork".into())
        .or_insert_with(|| Value::Mapping(Default::default()));
    let pools = network.as_mapping_mut().unwrap();
    let pools = pools
        .entry("ipPools".into())
        .or_insert_with(|| Value::Sequence(Vec::new()));
    let pools = pools.as_sequence_mut().unwrap();
    for (cidr, size, is_v6) in [
        ("172.16.0.0/16", 24_u64, false),
        ("fd00:10::/56", 120, true),
    ] {
        let of_family = |pool: &Value| pool["cidr"].as_str().unwrap().contains(':') == is_v6;
        let index = match pools.iter().position(of_family) {
            Some(index) => index,
            None => {
                pools.push(Value::Mapping(Default::default()));
                pools.len() - 1
            }
        };
        let pool = pools[index].as_mapping_mut().unwrap();
        pool.insert("cidr".into(), cidr.into());
        pool.insert("blockSize".into(), size.into());
        pool.insert("encapsulation".into(), "VXLANCrossSubnet".into());
    }
}
