//! Text that stands for a value that was never filled in.

/// Words that nobody means as a value.
const WORDS: [&str; 6] = [
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace_me",
];

/// Whether a value is a placeholder, or contains one: `<API server host>`, `${POD_CIDR}`, `{{ .cidr }}`,
/// `__POD_CIDR__`, `your-api-server`, `CHANGEME`. `$(NAME)` is none: Kubernetes fills it in.
pub(crate) fn is_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    encloses(value, "<", ">", |name| name.contains(char::is_alphabetic))
        || encloses(value, "${", "}", |_| true)
        || encloses(value, "{{", "}}", |_| true)
        || encloses(value, "__", "__", |name| {
            let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            !name.is_empty() && name.chars().all(upper)
        })
        || WORDS.iter().any(|word| lower.contains(word))
        || starts_with_your(&lower)
}

/// Whether the address of a server is a placeholder: also `HOST`, `API_SERVER` and `x.x.x.x`.
pub(crate) fn is_host(value: &str) -> bool {
    let in_capitals = value == "HOST"
        || (value.contains('_')
            && value
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    let parts: Vec<&str> = value.split('.').collect();
    let is_x = |part: &&str| !part.is_empty() && part.chars().all(|c| matches!(c, 'x' | 'X'));
    is_in(value) || in_capitals || (parts.len() == 4 && parts.iter().any(is_x))
}

fn encloses(value: &str, open: &str, close: &str, is_name: fn(&str) -> bool) -> bool {
    let mut rest = value;
    while let Some((_, after)) = rest.split_once(open) {
        if let Some((name, _)) = after.split_once(close)
            && is_name(name)
        {
            return true;
        }
        rest = after;
    }
    false
}

/// Whether a part of a name starts with `your-` or `your_`.
fn starts_with_your(value: &str) -> bool {
    value
        .split(['.', '/', '=', ':', ',', ' '])
        .any(|part| part.starts_with("your-") || part.starts_with("your_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_values() {
        for value in [
            "<API server host>",
            "http://<ETCD_IP>:<ETCD_PORT>",
            "${POD_CIDR}",
            "{{ kube_pods_subnet }}",
            "__POD_CIDR__",
            "interface=CHANGEME",
            "your-api-server",
            "https://your-etcd:2379",
        ] {
            assert!(is_in(value) && is_host(value), "{value}");
        }
        for value in [
            "",
            "autodetect",
            "$(NODE_IP)",
            "interface=eth.*|ens[0-9]+$",
            "can-reach=8.8.8.8",
            "10.244.0.0/16",
            "api.internal.prod-1.k8s.local",
            "10.0.0.1",
            "for-your-eyes.k8s.local",
            "snake__case__name",
        ] {
            assert!(!is_in(value) && !is_host(value), "{value}");
        }
        for value in ["HOST", "API_SERVER_HOST", "x.x.x.x", "10.x.x.x"] {
            assert!(is_host(value) && !is_in(value), "{value}");
        }
    }
}
