//! Properties of the filter, for generated documents in many styles and for the inputs of the cases
//! with random changes.

mod documents;
mod options;

use std::fs;
use std::sync::LazyLock;

use calico_test_support::cases::cases;
use helm_postrender::{Options, Stream, filter};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{invariants, oracle};
use documents::{document, preceding};
use options::{cluster, options};

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
    let mut rest = after.lines().filter(is_other);
    for line in before.lines().filter(is_other) {
        assert!(
            rest.any(|kept| kept == line),
            "the line {line:?} is missing in\n{after}"
        );
    }
}

/// The inputs of all cases.
fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        cases("postrender", "args")
            .into_iter()
            .map(|case| fs::read(case.join("in.yaml")).unwrap())
            .collect()
    });
    &SEEDS
}
