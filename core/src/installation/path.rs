//! Paths of the fields of an Installation, such as `spec.calicoNetwork.ipPools[0].cidr`.

use serde_yaml::Value;

/// The list of pools.
pub const POOLS: &str = "spec.calicoNetwork.ipPools";

/// The path of the pool with an index.
pub fn pool(index: usize) -> String {
    format!("{POOLS}[{index}]")
}

/// The path of a field of the pool with an index.
pub fn pool_field(index: usize, key: &str) -> String {
    format!("{}.{key}", pool(index))
}

/// The index of the pool that a field is of.
pub fn pool_index(path: &str) -> Option<usize> {
    let rest = path.strip_prefix(POOLS)?.strip_prefix('[')?;
    rest.split_once(']')?.0.parse().ok()
}

/// One step of a path: a key, and an index if one item of the list at that key is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The key.
    pub key: &'a str,
    /// The index; `usize::MAX`, which no item has, if the text between the brackets is not a number.
    pub index: Option<usize>,
}

/// The steps of a path.
pub fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split('.').map(|step| match step.split_once('[') {
        None => Step {
            key: step,
            index: None,
        },
        Some((key, index)) => Step {
            key,
            index: Some(index.trim_end_matches(']').parse().unwrap_or(usize::MAX)),
        },
    })
}

/// The value at a path.
pub fn value_at<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    steps(path).try_fold(document, |value, step| {
        let value = value.get(step.key)?;
        match step.index {
            Some(index) => value.get(index),
            None => Some(value),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_found_by_the_path_that_it_has() {
        for path in [pool(12), pool_field(12, "cidr")] {
            assert_eq!(pool_index(&path), Some(12), "{path}");
        }
        for path in [POOLS, "spec.calicoNetwork.ipPools[x]", "spec.cni.type"] {
            assert_eq!(pool_index(path), None, "{path}");
        }
    }

    #[test]
    fn the_value_at_a_path() {
        let document =
            serde_yaml::from_str("spec: {calicoNetwork: {ipPools: [{cidr: a}], mtu: 1}}").unwrap();
        let text = |path: &str| value_at(&document, path).and_then(Value::as_str);
        assert_eq!(text(&pool_field(0, "cidr")), Some("a"));
        for path in [
            "spec.calicoNetwork.ipPools[1].cidr",
            "spec.calicoNetwork.ipPools[x].cidr",
            "spec.calicoNetwork.mtu[0]",
            "spec.cni.type",
        ] {
            assert_eq!(value_at(&document, path), None, "{path}");
        }
    }
}
