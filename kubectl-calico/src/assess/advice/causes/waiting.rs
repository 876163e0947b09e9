//! Messages of a component that waits for another one.
//!
//! Source: tigera/operator v1.28.5 to v1.43.0, pkg/controller/{apiserver,tiers,installation,ippool,windows}.

use super::commands::{api_server, approve_requests, status_of_calico, status_of_ip_pools};
use super::known_cause::KnownCause;
use crate::assess::checks::api_server::API_SERVER_SILENT;
use crate::assess::checks::deletion::DELETION_STUCK;
use crate::assess::checks::installation::INSTALLATION_MISSING;
use crate::assess::checks::installation::INSTALLATION_NAME;
use crate::assess::checks::no_pool::NO_POOL;
use crate::assess::checks::reporting::NOTHING_REPORTED;

/// It waits until the operator has accepted the Installation.
const FOR_INSTALLATION: KnownCause = KnownCause {
    means: "it is waiting for the operator to accept the Installation",
    fix: "check what the calico TigeraStatus reports about the Installation",
    explained_by: &[&NOTHING_REPORTED],
    waits_for: Some("calico"),
    paste: status_of_calico,
    ..KnownCause::USUAL
};

/// It waits for the default Installation, or is left over from one.
const NO_INSTALLATION: KnownCause = KnownCause {
    means: "there is no Installation named default",
    fix: "create the Installation, or delete the APIServer if Calico is being removed",
    explained_by: &[&INSTALLATION_MISSING, &INSTALLATION_NAME, &DELETION_STUCK],
    ..KnownCause::USUAL
};

/// It waits for Calico's API server.
const FOR_API_SERVER: KnownCause = KnownCause {
    means: "it is waiting for Calico's API server",
    fix: "restore Calico's API server, or create it if there is none",
    explained_by: &[&API_SERVER_SILENT],
    waits_for: Some("apiserver"),
    paste: api_server,
    ..KnownCause::USUAL
};

pub(crate) static CAUSES: &[KnownCause] = &[
    KnownCause {
        texts: &["namespaces \"calico-system\" not found"],
        means: "it is waiting for the operator to create the calico-system namespace",
        fix: "check what the calico TigeraStatus reports",
        explained_by: &[&INSTALLATION_MISSING, &NOTHING_REPORTED],
        waits_for: Some("calico"),
        paste: status_of_calico,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["waiting for installation variant to be set"],
        written_by: (34, None),
        ..FOR_INSTALLATION
    },
    KnownCause {
        texts: &["waiting for installation to be ready"],
        written_by: (28, Some(34)),
        ..FOR_INSTALLATION
    },
    KnownCause {
        texts: &["waiting for installation defaulting"],
        written_by: (34, None),
        ..FOR_INSTALLATION
    },
    KnownCause {
        texts: &["waiting for cni type to be configured"],
        written_by: (34, None),
        means: "it is waiting for the operator to fill in spec.cni of the Installation",
        fix: "check what the calico TigeraStatus reports about the Installation",
        explained_by: &[&NOTHING_REPORTED],
        waits_for: Some("calico"),
        paste: status_of_calico,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["waiting for spec.cni to be filled in"],
        written_by: (34, None),
        means: "it is waiting for the operator to fill in spec.cni of the Installation",
        fix: "check what the ippools TigeraStatus reports",
        waits_for: Some("ippools"),
        paste: status_of_ip_pools,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["installationstatus is empty"],
        written_by: (32, None),
        ..FOR_INSTALLATION
    },
    KnownCause {
        texts: &["installation.spec.windowsnodes is nil"],
        written_by: (32, None),
        means: "it is waiting for the operator to fill in spec.windowsNodes of the Installation",
        fix: "check what the calico TigeraStatus reports about the Installation",
        waits_for: Some("calico"),
        paste: status_of_calico,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["installation not found"],
        ..NO_INSTALLATION
    },
    KnownCause {
        texts: &["installation.operator.tigera.io \"default\" not found"],
        ..NO_INSTALLATION
    },
    KnownCause {
        texts: &["waiting for", "api server to be ready"],
        ..FOR_API_SERVER
    },
    KnownCause {
        texts: &[
            "unable to",
            "ip pools while calico api server is unavailable",
        ],
        written_by: (34, None),
        means: "pools cannot be changed while Calico's API server does not respond",
        ..FOR_API_SERVER
    },
    KnownCause {
        texts: &[
            "unable to retrieve the complete list of server apis",
            "projectcalico.org/v3",
        ],
        means: "Calico's API server is registered but does not respond",
        fix: "restore Calico's API server",
        explained_by: &[&API_SERVER_SILENT],
        waits_for: Some("apiserver"),
        paste: api_server,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["waiting for ipamconfiguration watch to be established"],
        written_by: (32, None),
        ..FOR_API_SERVER
    },
    KnownCause {
        texts: &["waiting for enabled ip pools"],
        written_by: (34, None),
        means: "no pool assigns addresses to pods",
        fix: "check what the ippools TigeraStatus reports about the Installation's pools; if the \
              Installation lists none (ipPools: []), or all are disabled, create or enable one",
        explained_by: &[&NO_POOL],
        waits_for: Some("ippools"),
        paste: status_of_ip_pools,
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["goldmane cr not present"],
        written_by: (38, None),
        means: "Whisker shows the flow logs of Goldmane, which is not installed",
        fix: "create a Goldmane, or delete the Whisker",
        ..KnownCause::USUAL
    },
    KnownCause {
        texts: &["waiting on certificatesigningrequest"],
        means: "a CertificateSigningRequest of a component has not been approved",
        fix: "approve the pending requests, or find out why the signer that certificateManagement names does \
              not approve them",
        paste: approve_requests,
        ..KnownCause::USUAL
    },
];
