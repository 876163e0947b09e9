//! Whether the MTU of pods leaves room for what is added to each packet.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::cloud::Cloud;
use crate::facts::mtu::Mtu;
use crate::repair::mtu::{detect, of_network, set};
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, IP_POOLS};

pub(crate) const MTU_TOO_LARGE: Check = Check {
    entry: Entry {
        code: "CAL315",
        title: "the MTU of pods leaves no room for the encapsulation",
        meaning: "The MTU of pods is set by hand, and together with what is added to each packet, \
                  it exceeds the usual MTU of a network.",
        impact: "Small packets pass, but large ones are lost: connections are set up and then \
                 hang, and TLS handshakes time out.",
        criteria: "An MTU of at most 1500 that is set in the Installation or in veth_mtu, plus the \
                   overhead of IPIP (20), VXLAN (50, IPv6 70) or WireGuard (60, IPv6 80), is more \
                   than 1500, or 1460 on Google Cloud. With WireGuard on Azure, the limit is 1400, and an MTU that \
                   the operator read from the nodes counts, too: WireGuard's packets may not be fragmented, and \
                   Calico allows for the limit only with cluster type aks and wireguardHostEncryptionEnabled. On AWS, whose networks carry 9001 bytes, and \
                   with a larger MTU, the network's MTU is unknown, and there is no finding.",
        fix: "Let Calico detect the MTU: set it to 0, or remove it; with WireGuard on Azure, set it to 1340 (IPv6 1320). \
              Running pods keep theirs until they are recreated. If the network carries larger packets, nothing needs \
              to be done.",
        source: "Calico documentation, Configure MTU; projectcalico/calico v3.32.1, \
                 felix/dataplane/linux/int_dataplane.go (determinePodMTU, ConfigureDefaultMTUs)",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| too_large(case).into_iter().collect(),
};

fn too_large(case: &Case) -> Option<Finding> {
    let routing = &case.facts.routing;
    let found = routing.mtu.value()?;
    let mtu = found.bytes()?;
    let from = routing.mtu.from().first()?;
    let overhead = routing.overhead.as_ref()?;
    let cloud = case.facts.cluster.cloud.value();
    // Azure fragments larger packets, but WireGuard forbids that.
    let is_hidden = cloud == Some(&Cloud::Azure) && overhead.is_wireguard();
    let network = if is_hidden {
        1400
    } else {
        of_network(case.facts)?
    };
    // The operator's own detection is no setting.
    let is_detected = matches!(found, Mtu::Detected(_)) && !is_hidden;
    if !(1..=1500).contains(&mtu) || is_detected {
        return None;
    }
    let needed = mtu + i64::from(overhead.bytes);
    if needed <= network {
        return None;
    }
    let finding = Finding::warning(
        &MTU_TOO_LARGE.entry,
        &from.object,
        format!(
            "the MTU of pods is {mtu}, and {} adds {} bytes: too much for a network with an MTU \
             of {network}",
            overhead.purpose, overhead.bytes
        ),
    )
    .read(from, mtu)
    .impact(format!(
        "unless the network between nodes carries packets of {needed} bytes, large packets are lost: \
         connections hang, and TLS handshakes time out"
    ));
    let right = network - i64::from(overhead.bytes);
    let then = "recreate the pods, which keep theirs until then";
    Some(if is_hidden {
        with_number(case, finding, right)
    } else {
        finding.fixed_by(detect(case.snapshot, case.facts, then)?)
    })
}

/// Sets the MTU where detection gets a number that is too large.
fn with_number(case: &Case, finding: Finding, mtu: i64) -> Finding {
    let by_operator = case.facts.install.is_left_to_operator();
    let restart = if by_operator {
        ""
    } else {
        "restart calico-node, and "
    };
    let what = format!(
        "set the MTU of pods to {mtu}, because nodes do not show the limit of Azure's network; then {restart}recreate \
         the pods, which keep theirs until then"
    );
    finding.fixed_by(set(case.snapshot, case.facts, what, Some(mtu)))
}
