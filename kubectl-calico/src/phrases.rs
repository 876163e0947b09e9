//! Parts of sentences: short lists, counts, conditions, and names that are safe to paste.

use calico_core::text::first;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The maximum number of names that a message lists.
pub const MOST_NAMES: usize = 5;

/// A list of names; beyond [`MOST_NAMES`], the number of the remaining ones.
pub fn few<S: AsRef<str>>(names: &[S]) -> String {
    first(names, MOST_NAMES)
}

/// A list of names, or `none`.
pub fn or_none<S: AsRef<str>>(names: &[S]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        few(names)
    }
}

/// A pool in a sentence: `the pool services`. Its name alone would often read as a noun.
pub fn the_pool(name: &str) -> String {
    the_pools(&[name])
}

/// After the name of a pool that a plan changes or adds, where its findings are about what it will be.
pub const AS_PLANNED: &str = ", as planned";

/// Several pools in a sentence.
pub fn the_pools<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [name] if name.as_ref().ends_with(AS_PLANNED) => {
            format!(
                "the planned pool {}",
                name.as_ref().trim_end_matches(AS_PLANNED)
            )
        }
        [name] => format!("the pool {}", name.as_ref()),
        [one, other] => format!("the pools {} and {}", one.as_ref(), other.as_ref()),
        names => format!("the pools {}", few(names)),
    }
}

/// A condition's value: `False (MissingEndpoints): no endpoints`.
pub fn condition(status: &str, reason: &str, message: &str) -> String {
    let mut text = status.to_owned();
    if !reason.is_empty() {
        text.push_str(&format!(" ({reason})"));
    }
    if !message.is_empty() {
        text.push_str(&format!(": {message}"));
    }
    text
}

/// `1 node`, `3 nodes`.
pub fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// A number with a comma after every third digit.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The namespace and the name of an object in a command, each as [`pasted`].
pub fn pasted_names(meta: &ObjectMeta) -> (&str, &str) {
    (
        pasted(meta.namespace.as_deref().unwrap_or_default()),
        pasted(meta.name.as_deref().unwrap_or_default()),
    )
}

/// An object's name in a command. A name that Kubernetes would reject did not come from a
/// trustworthy API server, and is replaced by `NAME`.
pub fn pasted(name: &str) -> &str {
    let alphanumeric = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let inside = |c: char| alphanumeric(c) || c == '-' || c == '.';
    let ends = name.starts_with(alphanumeric) && name.ends_with(alphanumeric);
    if ends && name.len() <= 253 && name.chars().all(inside) {
        name
    } else {
        "NAME"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_stays_short() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(few::<&str>(&[]), "");
        assert_eq!(few(&names[..5]), "a, b, c, d, e");
        assert_eq!(few(&names), "a, b, c, d, e and 2 more");
    }

    #[test]
    fn a_pool_is_called_one() {
        assert_eq!(the_pool("services"), "the pool services");
        assert_eq!(the_pools(&["a", "b"]), "the pools a and b");
        assert_eq!(the_pools(&["a", "b", "c"]), "the pools a, b, c");
    }

    #[test]
    fn only_a_name_is_pasted_as_it_is() {
        for name in ["calico-node-x7k2p", "node-1.example.com", "9"] {
            assert_eq!(pasted(name), name);
        }
        for name in [
            "",
            "-n",
            "--kubeconfig=x",
            "a b",
            "a;reboot",
            "$(reboot)",
            "a\nb",
            "a'",
            "É",
            "a.",
        ] {
            assert_eq!(pasted(name), "NAME");
        }
    }

    #[test]
    fn every_third_digit_has_a_comma() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (65536, "65,536"),
            (1 << 20, "1,048,576"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
