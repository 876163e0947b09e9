//! The flags, and the options that they are parsed into.

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
use crate::plan::request::Request;

/// An address is not wrapped; the rules are too many to list.
const ALLOW: &str = concat!(
    "Ignore violations of this rule; can be repeated; the rules: ",
    env!("CARGO_PKG_HOMEPAGE"),
    "/rules.html"
);

const AFTER_HELP: &str = "\
Examples:
  # Calico 3.32 and later: apply the chart of its CRDs first
  helm install calico projectcalico/tigera-operator -n tigera-operator \\
    --create-namespace --post-renderer helm-postrender \\
    --post-renderer-args --cidr=172.16.0.0/16 \\
    --post-renderer-args --block-size=24 \\
    --post-renderer-args --encapsulation=IPIP
  helm template … | helm-postrender --cidr 172.16.0.0/16,fd00:10::/56
  helm-postrender --cidr 172.16.0.0/16 < custom-resources.yaml |
    kubectl create -f -

Exit codes:
  0   the complete stream was written; --check: nothing would change
  1   --check: something would change
  2   refused or failed; do not use any partial output
  64  usage error

Helm 4 accepts only plugins as post-renderers: `helm-postrender install-plugin`
makes this program one.
As a Helm 4 plugin (plugin.yaml makes --helm4 the first argument), it reports a
failure with exit code 0 and a document that makes Helm fail and show the
message.";

/// Set cidr, blockSize and encapsulation of the IP pools in Calico's Installation, in the output of
/// the tigera-operator chart or any other stream of manifests.
///
/// Reads the stream from standard input and writes it to standard output, leaving every other byte
/// unchanged. Refuses what the operator would reject after the install. Without --cidr,
/// --block-size and --encapsulation it only validates.
#[derive(Parser, Debug)]
#[command(name = "helm-postrender", version, after_help = AFTER_HELP, term_width = 80)]
pub(crate) struct Cli {
    /// CIDRs of the pools, one per address family: 172.16.0.0/16,fd00:10::/56
    #[arg(long, value_name = "CIDR[,CIDR]", value_parser = cidrs)]
    cidr: Option<PerFamily<Cidr>>,

    /// Block sizes of the pools: 20 to 32 for IPv4, 116 to 128 for IPv6
    #[arg(long, value_name = "N[,N]", value_parser = block_sizes)]
    block_size: Option<PerFamily<BlockSize>>,

    /// IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet or None, for the families in --cidr and
    /// --block-size, otherwise for every pool; per family: IPIP,v6=VXLAN
    #[arg(long, value_name = "NAME", value_parser = encapsulations)]
    encapsulation: Option<Encapsulations>,

    /// Pool to change, by name or CIDR, if a family has several; can be repeated for a block size or
    /// an encapsulation
    #[arg(long, value_name = "NAME|CIDR", value_delimiter = ',')]
    pool: Vec<String>,

    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help = ALLOW)]
    allow: Vec<String>,

    /// Apply the rules of this operator version instead of the one in the stream
    #[arg(long, value_name = "VERSION", value_parser = operator)]
    operator_version: Option<OperatorVersion>,

    /// Pass a stream without an Installation through unchanged
    #[arg(long)]
    if_present: bool,

    /// Check only: write no stream, and exit with 1 if something would change
    #[arg(long)]
    pub(crate) check: bool,

    /// Print a diff to standard error
    #[arg(long)]
    pub(crate) diff: bool,

    /// Write a report of the run to a file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Print nothing to standard error unless the run fails
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) cluster: cluster::Flags,
}

/// Parses the version of an operator: 1.x, while those of Calico are 3.x.
fn operator(text: &str) -> Result<OperatorVersion, String> {
    let version: OperatorVersion = text.parse().map_err(|error| format!("{error}"))?;
    let installs = match version.major {
        1 => return Ok(version),
        3 => OperatorVersion::that_installs(version.minor),
        _ => None,
    };
    Err(match installs {
        Some(installs) => format!(
            "that is a Calico version; its operator version is 1.{}",
            installs.minor
        ),
        None => "operator versions are 1.x".to_owned(),
    })
}

fn rule(name: &str) -> Result<String, String> {
    let names: Vec<&str> = rules::all().map(|rule| rule.entry.code).collect();
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    let hint = closest(name, &names).map(|name| format!(" (did you mean {name}?)"));
    Err(format!(
        "there is no rule {}{}; the rules are {}",
        quoted(name),
        hint.unwrap_or_default(),
        names.join(", ")
    ))
}

impl Cli {
    /// The options of the filter. An error says which flags cannot be combined.
    pub(crate) fn options(&self) -> Result<Options, String> {
        let request = self.request();
        if !request.selectors.is_empty() && request.is_empty() {
            return Err(
                "--pool selects the pool to change: also pass --cidr, --block-size or \
                 --encapsulation"
                    .to_owned(),
            );
        }
        Ok(Options {
            request,
            allowed: self.allow.clone(),
            operator: self.operator_version,
            if_present: self.if_present,
            cluster: None,
        })
    }

    fn request(&self) -> Request {
        let mut request = Request {
            selectors: self.pool.clone(),
            ..Request::default()
        };
        for family in Family::BOTH {
            let fields = request.family_mut(family);
            fields.cidr = self.cidr.and_then(|cidrs| cidrs.of(family));
            fields.block_size = self.block_size.and_then(|sizes| sizes.of(family));
        }
        let Some(encapsulations) = &self.encapsulation else {
            return request;
        };
        if request.is_empty() {
            request.every_pool = encapsulations.bare;
        }
        for family in Family::BOTH {
            let fields = request.family_mut(family);
            let bare = encapsulations.bare.filter(|_| !fields.is_empty());
            fields.encapsulation = encapsulations.named.of(family).or(bare);
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use calico_core::pool::Encapsulation;

    use super::*;
    use crate::install_plugin::InstallFlags;

    fn request(arguments: &[&str]) -> Result<Request, String> {
        let arguments = ["helm-postrender"].iter().chain(arguments);
        let cli = Cli::try_parse_from(arguments).map_err(|error| error.to_string())?;
        cli.options().map(|options| options.request)
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn man_pages_and_completions_are_up_to_date() {
        use clap::CommandFactory as _;
        let install = InstallFlags::command().name("install-plugin");
        let offers = [
            ("encapsulation", Encapsulation::NAMES.to_vec()),
            ("allow", rules::all().map(|rule| rule.entry.code).collect()),
        ];
        calico_test_support::reference::is_up_to_date(Cli::command().subcommand(install), &offers);
    }

    #[test]
    fn values_show_their_family() {
        let both = request(&["--cidr", "fd00::/56,10.0.0.0/16", "--block-size", "120"]).unwrap();
        assert!(both.v4.cidr.is_some() && both.v4.block_size.is_none());
        assert!(both.v6.cidr.is_some() && both.v6.block_size.is_some());
        assert!(request(&["--cidr", "10.0.0.0/16,10.1.0.0/16"]).is_err());
        let error = request(&["--block-size", "64"]).unwrap_err();
        assert!(
            error.contains("20 to 32") && error.contains("116 to 128"),
            "{error}"
        );
    }

    #[test]
    fn a_bare_encapsulation_goes_to_the_families_that_are_given() {
        let v4 = request(&["--cidr", "10.0.0.0/16", "--encapsulation", "IPIP"]).unwrap();
        assert_eq!(v4.v4.encapsulation, Some(Encapsulation::Ipip));
        assert_eq!((v4.v6.encapsulation, v4.every_pool), (None, None));
        let every = request(&["--encapsulation", "VXLAN"]).unwrap();
        assert_eq!(every.every_pool, Some(Encapsulation::Vxlan));
        assert!(every.v4.is_empty() && every.v6.is_empty());
        let each =
            request(&["--block-size", "24,120", "--encapsulation", "IPIP,v6=VXLAN"]).unwrap();
        assert_eq!(each.v4.encapsulation, Some(Encapsulation::Ipip));
        assert_eq!(each.v6.encapsulation, Some(Encapsulation::Vxlan));
    }
}
