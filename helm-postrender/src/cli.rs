//! The command line.

use std::path::PathBuf;

use calico_core::cidr::{Cidr, Family};
use calico_core::operator::OperatorVersion;
use calico_core::per_family::{Encapsulations, PerFamily, block_sizes, cidrs, encapsulations};
use calico_core::pool::BlockSize;
use calico_core::rules;
use calico_core::text::{closest, quoted};
use clap::Parser;

use crate::cluster;
use crate::filter::Options;
use crate::plan::request::Wanted;

const AFTER_HELP: &str = "\
Examples:
  helm install calico projectcalico/tigera-operator -n tigera-operator \\
    --create-namespace --post-renderer helm-postrender \\
    --post-renderer-args --cidr=172.16.0.0/16 \\
    --post-renderer-args --block-size=24 \\
    --post-renderer-args --encapsulation=IPIP
  helm template … | helm-postrender --cidr 172.16.0.0/16,fd00:10::/56
  helm-postrender --cidr 172.16.0.0/16 < custom-resources.yaml |
    kubectl create -f -

Exit codes:
  0   a whole stream was written
  1   --check: something would change; nothing was written
  2   refused, or an error; nothing was written that may be used
  64  wrong usage

As a plugin of Helm 4 (first argument --helm4, which plugin.yaml gives), a
failure is written as a document that makes Helm fail and show the message,
with exit code 0.";

/// Sets cidr, blockSize and encapsulation of the pools in Calico's Installation, in the output of
/// the tigera-operator chart or any other stream of manifests.
///
/// Reads the stream from standard input and writes it to standard output with every other byte as
/// it came. Refuses what the operator would only reject later. With none of the three fields
/// given it only validates.
#[derive(Parser, Debug)]
#[command(name = "helm-postrender", version, after_help = AFTER_HELP, term_width = 80)]
pub(crate) struct Cli {
    /// The pools' CIDRs, one for each address family: 172.16.0.0/16,fd00:10::/56
    #[arg(long, value_name = "CIDR[,CIDR]", value_parser = cidrs)]
    cidr: Option<PerFamily<Cidr>>,

    /// The pools' block sizes: 20 to 32 for IPv4, 116 to 128 for IPv6
    #[arg(long, value_name = "N[,N]", value_parser = block_sizes)]
    block_size: Option<PerFamily<BlockSize>>,

    /// IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet or None, for the families that --cidr or
    /// --block-size names, or else for every pool; per family: IPIP,v6=VXLAN
    #[arg(long, value_name = "NAME", value_parser = encapsulations)]
    encapsulation: Option<Encapsulations>,

    /// Which pool, where a family has several; for one block size or encapsulation also more
    /// than one
    #[arg(long, value_name = "NAME|CIDR", value_delimiter = ',')]
    pool: Vec<String>,

    /// Lets what breaks this rule through; docs/rules.md lists them
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule)]
    allow: Vec<String>,

    /// Judges by the rules of this operator instead of the one in the stream
    #[arg(long, value_name = "VERSION", value_parser = operator)]
    operator_version: Option<OperatorVersion>,

    /// Lets a stream without an Installation through
    #[arg(long)]
    if_present: bool,

    /// Exits with 1 and writes nothing if something would change
    #[arg(long)]
    pub(crate) check: bool,

    /// Shows the difference on standard error
    #[arg(long)]
    pub(crate) diff: bool,

    /// Writes a report of the run as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Says nothing on standard error unless it fails
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// What is known of the cluster.
    #[command(flatten)]
    pub(crate) cluster: cluster::Flags,
}

/// A version of the operator, of which every one is 1.x. Calico's are 3.x.
fn operator(text: &str) -> Result<OperatorVersion, String> {
    let version: OperatorVersion = text.parse().map_err(|error| format!("{error}"))?;
    let installs = match version.major {
        1 => return Ok(version),
        3 => OperatorVersion::that_installs(version.minor),
        _ => None,
    };
    Err(match installs {
        Some(installs) => format!(
            "that is Calico's version; its operator is 1.{}",
            installs.minor
        ),
        None => "an operator's version is 1.x".to_owned(),
    })
}

fn rule(name: &str) -> Result<String, String> {
    let names: Vec<&str> = rules::all().map(|rule| rule.entry.code).collect();
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    let meant = closest(name, &names).map(|name| format!(" (did you mean {name}?)"));
    Err(format!(
        "{} is not a rule{}: the rules are {}",
        quoted(name),
        meant.unwrap_or_default(),
        names.join(", ")
    ))
}

impl Cli {
    /// What the filter is told. Says why where the flags do not go together.
    pub(crate) fn options(&self) -> Result<Options, String> {
        let mut wanted = Wanted {
            pools: self.pool.clone(),
            ..Wanted::default()
        };
        let cidr = self.cidr.unwrap_or_default();
        let block_size = self.block_size.unwrap_or_default();
        wanted.v4.cidr = cidr.v4;
        wanted.v6.cidr = cidr.v6;
        wanted.v4.block_size = block_size.v4;
        wanted.v6.block_size = block_size.v6;
        if let Some(encapsulation) = &self.encapsulation {
            let nothing_named = wanted.v4.is_empty() && wanted.v6.is_empty();
            for family in Family::BOTH {
                let named = encapsulation.named.of(family);
                let fields = wanted.family_mut(family);
                let bare = encapsulation.bare.filter(|_| !fields.is_empty());
                fields.encapsulation = named.or(bare);
            }
            if nothing_named {
                wanted.every = encapsulation.bare;
            }
        }
        if !wanted.pools.is_empty() && wanted.is_empty() {
            return Err(
                "--pool chooses where to set something: give --cidr, --block-size or --encapsulation as well"
                    .to_owned(),
            );
        }
        Ok(Options {
            wanted,
            allowed: self.allow.clone(),
            operator: self.operator_version,
            if_present: self.if_present,
            cluster: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use calico_core::pool::Encapsulation;

    use super::*;

    fn wanted(arguments: &[&str]) -> Result<Wanted, String> {
        let arguments = ["helm-postrender"].iter().chain(arguments);
        let cli = Cli::try_parse_from(arguments).map_err(|error| error.to_string())?;
        cli.options().map(|options| options.wanted)
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn values_tell_their_family() {
        let both = wanted(&["--cidr", "fd00::/56,10.0.0.0/16", "--block-size", "120"]).unwrap();
        assert!(both.v4.cidr.is_some() && both.v4.block_size.is_none());
        assert!(both.v6.cidr.is_some() && both.v6.block_size.is_some());
        assert!(wanted(&["--cidr", "10.0.0.0/16,10.1.0.0/16"]).is_err());
        let error = wanted(&["--block-size", "64"]).unwrap_err();
        assert!(
            error.contains("20 to 32") && error.contains("116 to 128"),
            "{error}"
        );
    }

    #[test]
    fn a_bare_encapsulation_goes_to_the_families_that_are_named() {
        let v4 = wanted(&["--cidr", "10.0.0.0/16", "--encapsulation", "IPIP"]).unwrap();
        assert_eq!(v4.v4.encapsulation, Some(Encapsulation::Ipip));
        assert_eq!((v4.v6.encapsulation, v4.every), (None, None));
        let every = wanted(&["--encapsulation", "VXLAN"]).unwrap();
        assert_eq!(every.every, Some(Encapsulation::Vxlan));
        assert!(every.v4.is_empty() && every.v6.is_empty());
        let each = wanted(&["--block-size", "24,120", "--encapsulation", "IPIP,v6=VXLAN"]).unwrap();
        assert_eq!(each.v4.encapsulation, Some(Encapsulation::Ipip));
        assert_eq!(each.v6.encapsulation, Some(Encapsulation::Vxlan));
    }
}
