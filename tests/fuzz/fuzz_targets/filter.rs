//! Any stream, and any of the fields to set: the first byte chooses them, the rest is the stream.

#![no_main]

#[path = "../../postrender/invariants.rs"]
mod invariants;
#[path = "../../postrender/oracle.rs"]
mod oracle;

use helm_postrender::{Fields, Options, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((choice, stream)) = input.split_first() else {
        return;
    };
    invariants::check(stream, &options(*choice));
});

fn options(choice: u8) -> Options {
    let is_set = |bit: u8| choice & (1 << bit) != 0;
    let fields = |cidr: &str, size: &str, encapsulation: &str, bit: u8| Fields {
        cidr: cidr.parse().ok().filter(|_| is_set(bit)),
        block_size: size.parse().ok().filter(|_| is_set(bit + 1)),
        encapsulation: encapsulation.parse().ok().filter(|_| is_set(bit + 2)),
    };
    Options {
        request: Request {
            v4: fields("172.16.0.0/16", "24", "VXLAN", 0),
            v6: fields("fd00:10::/56", "120", "VXLANCrossSubnet", 3),
            ..Request::default()
        },
        ..Options::default()
    }
}
