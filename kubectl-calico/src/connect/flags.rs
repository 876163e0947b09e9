//! The flags that choose a cluster and how to reach it, with kubectl's names.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueHint};
use secrecy::{ExposeSecret as _, SecretString};

use crate::duration::duration;

/// The time limit of a request without `--request-timeout`. kubectl itself would wait forever.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// kubectl's connection flags. kubectl does not pass its own flags on to a plugin, so they follow the
/// plugin's name.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection options")]
pub struct ConnectionFlags {
    /// Name of the kubeconfig context to use
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,

    /// Name of the kubeconfig cluster to use
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,

    /// Name of the kubeconfig user to use
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,

    /// Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// User or service account to impersonate
    #[arg(long = "as", value_name = "USER")]
    pub as_user: Option<String>,

    /// Group to impersonate; can be repeated
    #[arg(long, value_name = "GROUP")]
    pub as_group: Vec<String>,

    /// UID to impersonate
    #[arg(long, value_name = "UID")]
    pub as_uid: Option<String>,

    /// Address and port of the API server
    #[arg(short, long, value_name = "URL")]
    pub server: Option<String>,

    /// Bearer token for authentication to the API server
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<SecretString>,

    /// Do not verify the server's certificate, which makes the connection insecure
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, value_name = "BOOL",
        default_value_t, default_missing_value = "true", hide_default_value = true, hide_possible_values = true)]
    pub insecure_skip_tls_verify: bool,

    /// Certificate file of the certificate authority
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub certificate_authority: Option<String>,

    /// Client certificate file for TLS
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_certificate: Option<String>,

    /// Client key file for TLS
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_key: Option<String>,

    /// Server name to verify in the certificate, if different from the host in the server's address
    #[arg(long, value_name = "NAME")]
    pub tls_server_name: Option<String>,

    /// Proxy to connect through (http, https or socks5); overrides NO_PROXY
    #[arg(long, value_name = "URL")]
    pub proxy_url: Option<String>,

    /// Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub request_timeout: Option<Duration>,

    /// Do not request compressed responses
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, value_name = "BOOL",
        default_value_t, default_missing_value = "true", hide_default_value = true, hide_possible_values = true)]
    pub disable_compression: bool,
}

impl ConnectionFlags {
    /// The flags with a value, without empty ones: kubectl treats `--context=""`, which scripts may
    /// pass, as unset.
    pub(super) fn without_empty(&self) -> Self {
        let mut flags = self.clone();
        for value in [
            &mut flags.context,
            &mut flags.cluster,
            &mut flags.user,
            &mut flags.as_user,
            &mut flags.as_uid,
            &mut flags.server,
            &mut flags.certificate_authority,
            &mut flags.client_certificate,
            &mut flags.client_key,
            &mut flags.tls_server_name,
            &mut flags.proxy_url,
        ] {
            value.take_if(|value| value.is_empty());
        }
        flags
            .token
            .take_if(|token| token.expose_secret().is_empty());
        flags.kubeconfig.take_if(|path| path.as_os_str().is_empty());
        flags
    }

    /// The flags for another context of the kubeconfig.
    pub fn in_context(&self, context: &str) -> Self {
        Self {
            context: Some(context.to_owned()),
            ..self.clone()
        }
    }

    /// The time limit of one request; `None` for no limit.
    pub(super) fn time_limit(&self) -> Option<Duration> {
        let limit = self.request_timeout.unwrap_or(DEFAULT_TIMEOUT);
        (!limit.is_zero()).then_some(limit)
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser};

    use super::*;

    #[derive(Parser)]
    struct FlagsOnly {
        #[command(flatten)]
        flags: ConnectionFlags,
    }

    fn flags(arguments: &[&str]) -> ConnectionFlags {
        FlagsOnly::parse_from(["x"].iter().chain(arguments)).flags
    }

    #[test]
    fn the_flags_are_valid() {
        FlagsOnly::command().debug_assert();
    }

    #[test]
    fn a_boolean_flag_may_have_a_value() {
        assert!(!flags(&[]).insecure_skip_tls_verify);
        assert!(flags(&["--insecure-skip-tls-verify"]).insecure_skip_tls_verify);
        assert!(flags(&["--insecure-skip-tls-verify=true"]).insecure_skip_tls_verify);
        assert!(!flags(&["--insecure-skip-tls-verify=false"]).insecure_skip_tls_verify);
    }

    #[test]
    fn a_request_has_a_time_limit_unless_it_is_0() {
        assert_eq!(flags(&[]).time_limit(), Some(DEFAULT_TIMEOUT));
        assert_eq!(flags(&["--request-timeout=0"]).time_limit(), None);
        let minute = flags(&["--request-timeout=1m"]).time_limit();
        assert_eq!(minute, Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_token_is_not_printed() {
        let flags = format!("{:?}", flags(&["--token=s3cret"]));
        assert!(flags.contains("token") && !flags.contains("s3cret"));
    }
}
