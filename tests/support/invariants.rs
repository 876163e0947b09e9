//! What holds for every stream, however odd. The property tests and the fuzzer check it.

use calico_core::cidr::{Cidr, Family};
use helm_postrender::filter::{Options, filter};
use helm_postrender::stream::Stream;
use serde_yaml::{Mapping, Value};

/// Filters `input` and checks all that must hold of what comes out. Returns what came out of the
/// document that was edited, if one was, and what went in.
pub(crate) fn check(input: &[u8], options: &Options) -> Option<(String, String)> {
    let stream = Stream::new(input.to_vec());
    // The documents are the stream, in order, without blanks.
    let mut last = 0;
    for range in stream.documents() {
        assert!(last <= range.start && range.start < range.end && range.end <= input.len());
        last = range.end;
    }
    let (outcome, result) = filter(&stream, options);
    let message = result
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(
        !message.chars().any(|c| c.is_control() && c != '\n'),
        "a control character in {message:?}"
    );
    if result.is_err() {
        assert!(
            outcome.replacement.is_none(),
            "refused, and yet edited: {message}"
        );
        return None;
    }
    let replacement = outcome.replacement?;
    let range = replacement.range.clone();
    let own = stream
        .documents()
        .iter()
        .filter(|d| d.start <= range.start && range.end <= d.end);
    assert_eq!(own.count(), 1, "an edit outside of one document");

    let before = std::str::from_utf8(&input[range.clone()]).expect("an edited document is UTF-8");
    let mut wanted: Value = serde_yaml::from_str(before).expect("an edited document was YAML");
    let after: Value = serde_yaml::from_str(&replacement.text).expect("what came out is YAML");
    set(
        installation(&mut wanted, false).unwrap_or_else(|| panic!("no Installation: {before:?}")),
        options,
    );
    assert_eq!(wanted, after, "from\n{before}\nto\n{}", replacement.text);

    let output = [
        &input[..range.start],
        replacement.text.as_bytes(),
        &input[range.end..],
    ]
    .concat();
    let (again, result) = filter(&Stream::new(output), options);
    assert!(
        result.is_ok(),
        "a second run is refused: {:?}",
        result.err().map(|e| e.to_string())
    );
    assert!(
        again.replacement.is_none(),
        "a second run edits again:\n{}",
        replacement.text
    );
    Some((before.to_owned(), replacement.text))
}

/// The Installation named default in a document: the document, or an item of a list, which may
/// leave it to the list to say what its items are.
fn installation(document: &mut Value, in_typed_list: bool) -> Option<&mut Value> {
    let text = |key: &str| {
        document
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let what = (text("apiVersion"), text("kind"));
    if what == ("operator.tigera.io/v1", "Installation") || in_typed_list && what == ("", "") {
        let name = document.get("metadata")?.get("name")?.as_str()?;
        return (name == "default").then_some(document);
    }
    let in_typed_list = what == ("operator.tigera.io/v1", "InstallationList");
    let items = document.get_mut("items")?.as_sequence_mut()?;
    items
        .iter_mut()
        .find_map(|item| installation(item, in_typed_list))
}

/// The edit on data, for streams with at most one pool per family.
fn set(installation: &mut Value, options: &Options) {
    let mut value = installation;
    for key in ["spec", "calicoNetwork"] {
        value = level(value, key, Value::Mapping(Mapping::new()));
    }
    let pools = level(value, "ipPools", Value::Sequence(Vec::new()))
        .as_sequence_mut()
        .expect("a list");
    for family in Family::BOTH {
        let fields = options.wanted.family(family);
        if fields.is_empty() {
            continue;
        }
        let has_it = |pool: &Value| fields.cidr.is_some() && cidr_of(pool) == fields.cidr;
        let of_family = |pool: &Value| is_of(pool, family);
        let index = pools
            .iter()
            .position(has_it)
            .or_else(|| pools.iter().position(of_family));
        let index = index.unwrap_or_else(|| {
            pools.push(Value::Mapping(Mapping::new()));
            pools.len() - 1
        });
        let pool = pools[index].as_mapping_mut().expect("a pool");
        if let Some(cidr) = fields.cidr {
            let same = pool
                .get("cidr")
                .and_then(Value::as_str)
                .and_then(|old| old.parse().ok())
                == Some(cidr);
            if !same {
                pool.insert("cidr".into(), cidr.to_string().into());
            }
        }
        if let Some(size) = fields.block_size {
            let same =
                pool.get("blockSize").and_then(Value::as_f64) == Some(f64::from(size.prefix()));
            if !same {
                pool.insert("blockSize".into(), u64::from(size.prefix()).into());
            }
        }
        if let Some(encapsulation) = fields.encapsulation {
            pool.insert("encapsulation".into(), encapsulation.to_string().into());
        }
    }
}

fn level<'v>(parent: &'v mut Value, key: &str, empty: Value) -> &'v mut Value {
    let map = parent.as_mapping_mut().expect("a mapping");
    if map.get(key).is_none_or(Value::is_null) {
        map.insert(key.into(), empty);
    }
    map.get_mut(key).expect("it is there")
}

fn is_of(pool: &Value, family: Family) -> bool {
    let services = pool.get("allowedUses").and_then(Value::as_sequence);
    if services.is_some_and(|uses| uses.iter().any(|used| used == "LoadBalancer")) {
        return false;
    }
    let told = cidr_of(pool).map(|cidr| cidr.family());
    told.or_else(|| match pool.get("blockSize").and_then(Value::as_f64)? {
        20.0..=32.0 => Some(Family::V4),
        116.0..=128.0 => Some(Family::V6),
        _ => None,
    }) == Some(family)
}

fn cidr_of(pool: &Value) -> Option<Cidr> {
    pool.get("cidr")?.as_str()?.parse().ok()
}
