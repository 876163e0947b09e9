//! The identity under which requests are sent, as named in the message for a 401.

use calico_core::text::quoted;

/// The identity under which requests are sent.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A user of the kubeconfig.
    User {
        /// Its name.
        name: String,
        /// The context that selects it.
        context: Option<String>,
    },
    /// The bearer of `--token`.
    Token,
    /// The service account of the pod that this runs in.
    ServiceAccount,
    /// No user.
    Anonymous,
    /// No user, because the connection is not encrypted.
    Unencrypted,
}

impl Identity {
    /// The credentials that the server was sent.
    pub(super) fn credentials(&self) -> String {
        match self {
            Self::User { name, context } => {
                let user = format!("the credentials of user {}", quoted(name));
                match context {
                    Some(context) => format!("{user} in context {}", quoted(context)),
                    None => user,
                }
            }
            Self::Token => "the token of --token".to_owned(),
            Self::ServiceAccount => "the token of this pod's service account".to_owned(),
            Self::Anonymous | Self::Unencrypted => "a request without credentials".to_owned(),
        }
    }

    /// What to do if the server rejects them.
    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::User { .. } => "log in again, or choose another user or context",
            Self::Token => "check that it is complete and has not expired",
            Self::ServiceAccount => "check that the service account still exists",
            Self::Anonymous => "pass --context, --user or --token",
            Self::Unencrypted => "credentials are not sent without TLS; use https",
        }
    }
}
