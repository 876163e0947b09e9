//! The options that say which cluster a command is for, in the words of each program.

use super::command::word;

/// An option of kubectl that says which cluster, and as whom. `--token` is not among them: a secret is never printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterOption {
    /// `--kubeconfig`
    Kubeconfig,
    /// `--context`
    Context,
    /// `--cluster`
    Cluster,
    /// `--user`
    User,
    /// `--server`
    Server,
    /// `--insecure-skip-tls-verify`, whose value is `true`
    SkipTlsVerify,
    /// `--certificate-authority`
    CertificateAuthority,
    /// `--client-certificate`
    ClientCertificate,
    /// `--client-key`
    ClientKey,
    /// `--tls-server-name`
    TlsServerName,
    /// `--as`
    As,
    /// `--as-group`
    AsGroup,
    /// `--as-uid`
    AsUid,
    /// `--proxy-url`, which kubectl itself does not have
    ProxyUrl,
}

/// An option that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenOption {
    /// The option.
    pub option: ClusterOption,
    /// Its value.
    pub value: String,
}

impl GivenOption {
    /// The option with this value.
    pub fn new(option: ClusterOption, value: impl Into<String>) -> Self {
        Self {
            option,
            value: value.into(),
        }
    }
}

/// A program that connects to the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// kubectl, and flux, which has the same options.
    Kubectl,
    /// This plugin.
    Plugin,
    Calicoctl,
    Helm,
}

/// The commands of Helm that connect to a cluster.
const OF_HELM: [&str; 8] = [
    "get",
    "history",
    "install",
    "list",
    "rollback",
    "status",
    "uninstall",
    "upgrade",
];

/// How a program takes an option.
pub(super) enum Form {
    Flag(&'static str),
    Variable(&'static str),
}

impl Program {
    /// What a call with these words runs, if that connects to the cluster of this run.
    pub(super) fn of(words: &[&str]) -> Option<Self> {
        match words {
            ["kubectl", "calico", ..] => Some(Self::Plugin),
            // On a node, for example, with the kubeconfig that is there.
            ["kubectl", flag, ..] if flag.starts_with("--") => None,
            ["kubectl" | "flux", ..] => Some(Self::Kubectl),
            ["calicoctl", ..] => Some(Self::Calicoctl),
            ["helm", command, ..] if OF_HELM.contains(command) => Some(Self::Helm),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kubectl | Self::Plugin => "kubectl",
            Self::Calicoctl => "calicoctl",
            Self::Helm => "helm",
        }
    }
}

impl ClusterOption {
    /// The option of kubectl.
    pub(super) fn flag(self) -> &'static str {
        self.names().0
    }

    /// What stands for a value that cannot be printed.
    pub(super) fn placeholder(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Kubeconfig => ("--kubeconfig", "FILE"),
            Self::Context => ("--context", "CONTEXT"),
            Self::Cluster => ("--cluster", "CLUSTER"),
            Self::User => ("--user", "USER"),
            Self::Server => ("--server", "SERVER"),
            Self::SkipTlsVerify => ("--insecure-skip-tls-verify", "true"),
            Self::CertificateAuthority => ("--certificate-authority", "FILE"),
            Self::ClientCertificate => ("--client-certificate", "FILE"),
            Self::ClientKey => ("--client-key", "FILE"),
            Self::TlsServerName => ("--tls-server-name", "NAME"),
            Self::As => ("--as", "USER"),
            Self::AsGroup => ("--as-group", "GROUP"),
            Self::AsUid => ("--as-uid", "UID"),
            Self::ProxyUrl => ("--proxy-url", "URL"),
        }
    }

    /// Whether it says as whom, and not which cluster.
    pub(super) fn is_identity(self) -> bool {
        matches!(
            self,
            Self::User
                | Self::ClientCertificate
                | Self::ClientKey
                | Self::As
                | Self::AsGroup
                | Self::AsUid
        )
    }

    /// How a program takes it; `None` if it does not.
    /// Source: Helm v3.19.0 and v4.0.0, pkg/cli/environment.go (`AddFlags`); Calico v3.32.1,
    /// calicoctl/calicoctl/calicoctl.go and libcalico-go/lib/apiconfig/apiconfig.go (the same in v3.21.5).
    pub(super) fn form(self, program: Program) -> Option<Form> {
        let flag = self.flag();
        match (program, self) {
            (Program::Plugin, _) => Some(Form::Flag(flag)),
            (_, Self::ProxyUrl) => Some(Form::Variable("HTTPS_PROXY")),
            (Program::Kubectl, _) => Some(Form::Flag(flag)),
            (Program::Calicoctl, option) => match option {
                Self::Context => Some(Form::Flag(flag)),
                Self::Kubeconfig => Some(Form::Variable("KUBECONFIG")),
                Self::Server => Some(Form::Variable("K8S_API_ENDPOINT")),
                Self::SkipTlsVerify => Some(Form::Variable("K8S_INSECURE_SKIP_TLS_VERIFY")),
                Self::CertificateAuthority => Some(Form::Variable("K8S_CA_FILE")),
                Self::ClientCertificate => Some(Form::Variable("K8S_CERT_FILE")),
                Self::ClientKey => Some(Form::Variable("K8S_KEY_FILE")),
                _ => None,
            },
            (Program::Helm, option) => match option {
                Self::Kubeconfig => Some(Form::Flag(flag)),
                Self::Context => Some(Form::Flag("--kube-context")),
                Self::Server => Some(Form::Flag("--kube-apiserver")),
                Self::SkipTlsVerify => Some(Form::Flag("--kube-insecure-skip-tls-verify")),
                Self::CertificateAuthority => Some(Form::Flag("--kube-ca-file")),
                Self::TlsServerName => Some(Form::Flag("--kube-tls-server-name")),
                Self::As => Some(Form::Flag("--kube-as-user")),
                Self::AsGroup => Some(Form::Flag("--kube-as-group")),
                _ => None,
            },
        }
    }

    /// As a shell reads it: a variable before the program, or a flag after it.
    pub(super) fn written(self, form: &Form, value: &str) -> String {
        let word = word(value).unwrap_or_else(|| self.placeholder().to_owned());
        match form {
            Form::Variable(name) => format!("{name}={word}"),
            Form::Flag(flag) if self == Self::SkipTlsVerify => (*flag).to_owned(),
            // A flag could be read as the value, or the value as a flag.
            Form::Flag(flag) if value.starts_with('-') => format!("{flag}={word}"),
            Form::Flag(flag) => format!("{flag} {word}"),
        }
    }
}
