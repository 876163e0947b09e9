//! Streams to compare: documents put together from parts that readers take differently, and the
//! inputs of all cases with changes.

use std::fs;

use calico_test_support::cases::cases;
use helm_postrender::{Fields, Options, Request};

pub(super) const CIDR: &str = "172.16.0.0/16";
pub(super) const BLOCK_SIZE: u8 = 24;
pub(super) const ENCAPSULATION: &str = "VXLAN";

/// Lines between documents. Some of them are no marker to some readers.
const MARKERS: &[&str] = &[
    "---\n",
    "---\n",
    "---\n",
    "--- # note\n",
    "---#note\n",
    "---\t\r\n",
    "---\u{a0}\n",
    "---\u{b}\n",
    "---\u{feff}\n",
    "---x\n",
    "--- {}\n",
    "--- |\n",
    "\u{feff}---\n",
    "...\n",
    "...\n---\n",
    " ---\n",
    "---\r",
    "\r---\n",
    "\u{85}---\n",
    "\u{2028}---\n",
    "----\n",
    "---\n...\n",
    "\n",
    "",
];

/// What comes before a document's first key.
const HEADS: &[&str] = &[
    "",
    "",
    "",
    "# Source: chart/templates/a.yaml\n",
    "\u{feff}",
    "# note\n\u{feff}",
    "%YAML 1.1\n",
    "\n\n",
    "# a: |\n",
    "\t\n",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "!!map\n",
    "&a\n",
    " ",
    "\r\n",
    "# \"\n",
];

const KINDS: &[&str] = &[
    "kind: Installation",
    "kind: Installation",
    "kind: Installation",
    "kind: 'Installation'",
    "\"kind\": Installation",
    "kind: &a Installation",
    "kind: \"Install\\x61tion\"",
    "kind: !!str Installation",
    "kind: \"Installa\\\n  tion\"",
    "kind: # note\n  Installation",
    "kind: >-\n  Installation",
    "? kind\n: Installation",
    "kind: !<tag:yaml.org,2002:str> Installation",
    "kind: !!binary SW5zdGFsbGF0aW9u",
    "kind : Installation",
    "kind:\tInstallation",
    "kind: Installation # |",
    "kind: Installation\u{a0}",
    "kind: ConfigMap",
    "kind: List",
    "kind:\n  Installation",
    "\"k\\x69nd\": Installation",
    "kind: Installation\nkind: Installation",
];

const VERSIONS: &[&str] = &[
    "apiVersion: operator.tigera.io/v1",
    "apiVersion: operator.tigera.io/v1",
    "apiVersion: operator.tigera.io/v1",
    "apiVersion: \"operator.tigera.io\\/v1\"",
    "'apiVersion': operator.tigera.io/v1",
    "apiVersion: &v operator.tigera.io/v1",
    "apiVersion: \"operator.tigera.io/v\\u0031\"",
    "apiVersion: v1",
];

const NAMES: &[&str] = &[
    "metadata: {name: default}",
    "metadata: {name: default}",
    "metadata:\n  name: default",
    "metadata:\n  name: default\n  labels:\n    a: b",
    "metadata: {\"name\":default}",
    "metadata: {name: overlay}",
    "metadata:\n  name: other\n  # \u{2028}  name: default",
    "metadata: {name: other}",
    "metadata: {name: !!str default}",
];

/// Settings and whatever else may stand in a document, valid or not.
const BODIES: &[&str] = &[
    "spec: {}",
    "spec: {}",
    "spec:",
    "spec:\n  variant: Calico",
    "spec:\n  calicoNetwork:\n    ipPools:\n    - cidr: 10.0.0.0/16",
    "spec:\n  calicoNetwork: {ipPools: [{cidr: 10.0.0.0/16, natOutgoing: Enabled}]}",
    "spec:\n  a: 1\n  a: 2",
    "spec:\n  b: [\n\t]",
    "spec:\n  a: x{{{{\n  b: }",
    "spec:\n  a: b\n  %YAML: c",
    "spec:\n  a: b\n    %YAML 1.1",
    "spec:\n  a: |\n    kind: Installation\n    apiVersion: operator.tigera.io/v1",
    "spec:\n  a: \"\n  # b: |\n    c\"",
    "spec:\n  a: &x.y b",
    "spec:\n  a: *b",
    "spec:\n  a: 'it''s'",
    "spec:\n  a: @b",
    "spec:\n  a: `b`",
    "spec:\n  <<: {a: b}",
    "spec:\n  a: \"\\/\\u0041\"",
    "spec:\n  a: !b c",
    "spec:\n  a: \u{2028}b",
    "spec:\n  a: b\n\u{feff}  c: d",
    "spec:\n# c\n  # c\n  a: b",
    "spec:\n  a: [b, c",
    "spec:\n  a: \"b",
    "spec:\n\ta: b",
    "spec:\n  a: b\n...\njunk: [",
    "spec:\n  a: {b: c,}",
    "spec:\n  ? [a]\n  : b",
    "spec:\n  a: |2\n    b\n   c",
    "spec: {a: b,\n- c: |\n   d}",
    "items: []",
    "items:\n- kind: Installation\n  apiVersion: operator.tigera.io/v1\n  metadata: {name: default}\n  spec: {}",
    "data:\n  a: |\n    apiVersion: operator.tigera.io/v1\n    kind: Installation\n  b: [",
    "spec:\n  a: \"b: |\n    c\"\n  d: e",
    "spec:\n  y: 012\n  on: off",
    "spec:\n  a: - b",
    "spec:\n  a:b: c",
    "spec:\n  {a: b}: c",
    "spec:\n  a: \"\\q\"",
    "spec: {a:b}",
    "spec: {\"a\":b}",
    "spec:\n  a: b #c\n  d#: e",
    "spec:\n  a: |\n  \tb\n  c: d",
    "spec:\n  a: >\n\n    b\n   \n  c: d",
];

const JSON: &[&str] = &[
    r#"{"kind":"Installation","apiVersion":"operator.tigera.io/v1","metadata":{"name":"default"},"spec":{}}"#,
    r#"{"kind":"Installation","apiVersion":"operator.tigera.io\/v1","metadata":{"name":"default"}}"#,
    r#"{"kind":"Install\u0061tion","apiVersion":"operator.tigera.io/v1","metadata":{"name":"default"},"spec":{}}"#,
    r#"{"a":1}"#,
    "{\"a\":1}\n{\"b\":2}",
    "{kind: Installation, apiVersion: operator.tigera.io/v1, metadata: {name: default}, spec: {a: b\n- c: |\n   d}}",
    "{\"a\": \"\n# b: |\n   \",\n kind: Installation, apiVersion: operator.tigera.io/v1, metadata: {name: default}}",
];

/// What is put into a stream at some place.
const INSERTIONS: &[&str] = &[
    "\n",
    "\r",
    "\t",
    " ",
    ":",
    "-",
    "#",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "!",
    "!!str ",
    "|",
    ">",
    "\\",
    "%",
    "---\n",
    "...\n",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "? ",
    "- ",
    "<<: ",
    "# ",
    "\0",
    "\n---#\n",
    "\n\u{feff}",
    "é",
];

pub(super) struct Streams {
    seeds: Vec<Vec<u8>>,
    random: u64,
}

impl Streams {
    pub(super) fn new() -> Self {
        let mut seeds: Vec<Vec<u8>> = cases("postrender", "args")
            .into_iter()
            .map(|case| fs::read(case.join("in.yaml")).unwrap())
            .collect();
        // serde_json, which reads the results, stops at 128 levels.
        let brackets = |seed: &[u8]| seed.iter().filter(|byte| b"[{".contains(byte)).count();
        seeds.retain(|seed| seed.len() < 4000 && brackets(seed) < 50);
        Self { seeds, random: 962 }
    }

    /// The next stream, and what it is filtered with. The same ones come in every run.
    pub(super) fn next(&mut self) -> (Vec<u8>, Options) {
        let mut stream = if self.below(3) == 0 {
            let seed = self.below(self.seeds.len());
            self.seeds[seed].clone()
        } else {
            self.generated().into_bytes()
        };
        for _ in 0..self.below(3) {
            self.mutate(&mut stream);
        }
        let v4 = Fields {
            cidr: Some(CIDR.parse().unwrap()),
            block_size: Some(BLOCK_SIZE.to_string().parse().unwrap()),
            encapsulation: Some(ENCAPSULATION.parse().unwrap()),
        };
        let options = Options {
            request: Request {
                v4,
                ..Request::default()
            },
            if_present: self.below(2) == 0,
            ..Options::default()
        };
        (stream, options)
    }

    fn generated(&mut self) -> String {
        let mut stream = String::new();
        for document in 0..=self.below(3) {
            if document > 0 || self.below(3) == 0 {
                stream += self.one_of(MARKERS);
            }
            if self.below(8) == 0 {
                stream += self.one_of(JSON);
                stream += "\n";
                continue;
            }
            stream += self.one_of(HEADS);
            let mut parts = vec![
                self.one_of(KINDS),
                self.one_of(VERSIONS),
                self.one_of(NAMES),
                self.one_of(BODIES),
            ];
            if self.below(4) == 0 {
                parts.swap(0, 1);
            }
            if self.below(6) == 0 {
                let other = self
                    .one_of(BODIES)
                    .trim_start_matches("spec:")
                    .trim_start_matches('\n');
                parts.push(if other.starts_with(' ') {
                    other
                } else {
                    "status: {}"
                });
            }
            stream += &parts.join("\n");
            stream += "\n";
        }
        stream
    }

    fn mutate(&mut self, stream: &mut Vec<u8>) {
        let at = self.below(stream.len() + 1);
        match self.below(6) {
            0 if at < stream.len() => drop(stream.remove(at)),
            1 => {
                let length = self.below(30);
                let copied: Vec<u8> = stream[at..].iter().copied().take(length).collect();
                stream.splice(at..at, copied);
            }
            2 => {
                // At the start of a line.
                let line = stream[..at]
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |end| end + 1);
                stream.splice(line..line, self.one_of(INSERTIONS).bytes());
            }
            3 => {
                *stream = String::from_utf8_lossy(stream)
                    .replace('\n', "\r\n")
                    .into_bytes();
            }
            _ => drop(stream.splice(at..at, self.one_of(INSERTIONS).bytes())),
        }
    }

    fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.below(texts.len())]
    }

    /// A number below `limit`, by splitmix64.
    fn below(&mut self, limit: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or_default();
        number % limit
    }
}
