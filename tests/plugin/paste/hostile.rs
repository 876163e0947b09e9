//! Texts that someone with write access to a pool could put into it.

/// Characters with a meaning in a shell, in YAML or in JSON.
const FRAGMENTS: [&str; 34] = [
    "'",
    "\"",
    "\\",
    "\\'",
    "\\\"",
    "\\\\",
    "$(touch owned)",
    "`touch owned`",
    "${IFS}",
    "$HOME",
    "!!",
    "!touch",
    "; touch owned",
    "| touch owned",
    "&& touch owned",
    "> owned",
    "(touch owned)",
    "\n",
    "\r",
    "\t",
    "\nEOF\ntouch owned\n",
    "EOF",
    "\n---\nkind: ConfigMap\n",
    "# ",
    ": ",
    "- ",
    "}}",
    "{{",
    "*",
    "~",
    "%s",
    "\u{202e}",
    "é",
    "\u{1b}[2J",
];

/// Fixed texts, and others made of fragments, which are the same in every run.
pub(super) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "all()",
        "!all()",
        "zone == 'a'",
        "zone == \"a\" && has(b)",
        "EOF",
        "$(touch owned)",
        "`touch owned`",
        "'; touch owned; '",
        "\"; touch owned; \"",
        "x\\\", z: z}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: owned}}\n#",
        "x\\\\', touch owned, '",
        "a\nEOF\ntouch owned\ncat <<'EOF'",
        "{{ .Values.x }} ${x} %s",
        "yes",
        "1e3",
        "null",
        "a # b",
        "a: b",
        "- a",
        "*a",
        "~/a",
        "\u{85}\u{2028}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.extend(FRAGMENTS.map(|fragment| format!("a{fragment}b")));
    let mut random = Random(0x5eed);
    texts.extend((0..40).map(|_| {
        (0..random.below(6) + 2)
            .map(|_| FRAGMENTS[random.below(FRAGMENTS.len())])
            .collect::<String>()
    }));
    texts
}

/// A linear congruential generator: the constants are Knuth's.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
