//! Texts with a form: quantities and base64, as the API server's schemas define them.
//! Source: the pattern of `x-kubernetes-int-or-string` quantities in the Installation's CRD (tigera/operator v1.42.3),
//! and kube-openapi, pkg/validation/strfmt (the format `byte`).

/// Whether a text is a quantity, such as `100Mi`, `0.5` or `1e3`.
pub(super) fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some(suffix) = after_number(unsigned) else {
        return false;
    };
    let exponent = suffix.strip_prefix(['e', 'E']).map(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        after_number(digits) == Some("")
    });
    matches!(
        suffix,
        "" | "n"
            | "u"
            | "m"
            | "k"
            | "M"
            | "G"
            | "T"
            | "P"
            | "E"
            | "Ki"
            | "Mi"
            | "Gi"
            | "Ti"
            | "Pi"
            | "Ei"
    ) || exponent == Some(true)
}

/// What follows a decimal number without a sign. `None` if the text does not begin with one.
fn after_number(text: &str) -> Option<&str> {
    let whole = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = match whole.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => whole,
    };
    let number = &text[..text.len() - rest.len()];
    number
        .contains(|c: char| c.is_ascii_digit())
        .then_some(rest)
}

/// Whether a text is base64 with padding, on one line.
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && !text.is_empty()
        && text.len() - digits.len() <= 2
        && digits
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_has_one_suffix_or_an_exponent() {
        for text in [
            "1", "+1", "-1Gi", "0.5", ".5k", "5.", "1e3", "1E-3", "1.5Mi", "3E",
        ] {
            assert!(is_quantity(text), "{text}");
        }
        for text in [
            "", ".", "x", "1e3Mi", "1 Mi", "1Zi", "1K", "Mi", "1e", "--1", "1.2.3", "0x1",
        ] {
            assert!(!is_quantity(text), "{text}");
        }
    }

    #[test]
    fn base64_is_padded() {
        for text in ["YQ==", "YWE=", "YWFh", "YWFhYQ=="] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["", "*", "YQ", "YQ=", "YQ==\n", "=", "Y===", "YW Fh", "-_-_"] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
