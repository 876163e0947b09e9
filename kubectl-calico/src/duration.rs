//! Durations on the command line.

use std::time::Duration;

/// A number of seconds, or what Go's `time.ParseDuration` accepts, as in client-go
/// (tools/clientcmd/helpers.go, `ParseTimeout`).
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = match text.parse::<u32>() {
        Ok(seconds) => Some(f64::from(seconds)),
        Err(_) => go_duration(text),
    };
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| {
            "expected a number of seconds, or a number with a unit: 45s, 2m, 1h".to_owned()
        })
}

/// The seconds in a duration such as `1m30s` or `1.5h`.
fn go_duration(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (amount, tail) = rest.split_at(number);
        let end = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, next) = tail.split_at(end);
        let scale = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        total += amount.parse::<f64>().ok()? * scale;
        rest = next;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_parsed_as_in_kubectl() {
        let parsed = |text| duration(text).map(|limit| limit.as_millis());
        assert_eq!(parsed("0"), Ok(0));
        assert_eq!(parsed("45"), Ok(45_000));
        assert_eq!(parsed("30s"), Ok(30_000));
        assert_eq!(parsed("1m30s"), Ok(90_000));
        assert_eq!(parsed("1.5h"), Ok(5_400_000));
        assert_eq!(parsed("250ms"), Ok(250));
        for wrong in ["", "-1", "-5s", "s", "5x", "5 s", "1m30", "1..5s", "1e400h"] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }
}
