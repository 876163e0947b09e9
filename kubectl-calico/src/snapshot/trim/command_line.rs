//! Command lines, of which only some flags are kept, because others contain tokens and passwords.

/// Adds a word of a command line to the kept words: a flag with its value, or a flag whose value may
/// follow. A flag that another one follows has none, and is closed with `=`: no later word is its value.
pub(super) fn keep(kept: &mut Vec<String>, word: String, flags: &[&str]) {
    if let Some(last) = kept.last_mut()
        && flags.contains(&last.as_str())
    {
        last.push('=');
        if !word.starts_with('-') {
            last.push_str(&word);
            return;
        }
    }
    let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
    if flags.contains(&name) {
        kept.push(word);
    }
}

/// The first word of a command line in JSON, and its flags. Nothing is kept of any other text.
pub(super) fn reduced(text: &str, flags: &[&str]) -> String {
    let words: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    let mut words = words.into_iter();
    let mut kept: Vec<String> = words.next().into_iter().collect();
    for word in words {
        keep(&mut kept, word, flags);
    }
    serde_json::json!(kept).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[&str] = &["--cluster-cidr", "--service-cidr"];

    #[test]
    fn flags_are_kept_in_both_notations_and_other_words_are_not() {
        let mut kept = Vec::new();
        for word in [
            "kube-controller-manager",
            "--token=secret",
            "--cluster-cidr=10.0.0.0/8",
            "--password",
            "--service-cidr",
            "10.96.0.0/12",
            "--cluster-cidr-secret=x",
            "secret",
        ] {
            keep(&mut kept, word.to_owned(), FLAGS);
        }
        assert_eq!(
            kept,
            ["--cluster-cidr=10.0.0.0/8", "--service-cidr=10.96.0.0/12"]
        );
    }

    #[test]
    fn a_flag_without_a_value_takes_no_other_word() {
        let flags = &["--off", "--cidr"];
        let text =
            r#"["server", "--off", "--token", "secret", "--off", "--cidr", "10.0.0.0/8", "--off"]"#;
        let kept = reduced(text, flags);
        assert_eq!(
            kept,
            r#"["server","--off=","--off=","--cidr=10.0.0.0/8","--off"]"#
        );
        assert_eq!(reduced(&kept, flags), kept);
    }

    #[test]
    fn the_arguments_of_a_node() {
        let text = r#"["server", "--token", "secret", "--service-cidr", "10.96.0.0/12"]"#;
        let kept = reduced(text, FLAGS);
        assert_eq!(kept, r#"["server","--service-cidr=10.96.0.0/12"]"#);
        assert_eq!(reduced(&kept, FLAGS), kept);
        assert_eq!(reduced("secret", FLAGS), "[]");
    }
}
