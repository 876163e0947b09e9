//! A filter that parses every document and serializes it again. `scripts/bench` compares helm-postrender with it.
//! It changes the meaning of some documents (docs/design.md), which is why helm-postrender does not work this way.

use std::io::{Read as _, Write as _};

use serde::Deserialize as _;
use serde_yaml::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    let mut stdout = std::io::stdout().lock();
    for document in serde_yaml::Deserializer::from_str(&text) {
        let mut value = Value::deserialize(document)?;
        if value.get("kind").and_then(Value::as_str) == Some("Installation") {
            let pool = serde_yaml::from_str::<Value>(
                "ipPools: [{cidr: 172.16.0.0/16, blockSize: 24, encapsulation: VXLAN}]",
            )?;
            if let Some(spec) = value.get_mut("spec").and_then(Value::as_mapping_mut) {
                spec.insert("calicoNetwork".into(), pool);
            }
        }
        stdout.write_all(b"---\n")?;
        serde_yaml::to_writer(&mut stdout, &value)?;
    }
    Ok(())
}
