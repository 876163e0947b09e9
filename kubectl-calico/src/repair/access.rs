//! How a user gets the permissions to read everything.

use super::Step;
use super::destination::Destination;

/// Creates the ClusterRole of `kubectl calico rbac`, and binds it to the user that the API server named, or
/// else to a placeholder.
pub(crate) fn grant(user: Option<&str>, destination: &Destination) -> Step {
    let name = name(user);
    let what = format!("grant {name} read access to all of it (no Secrets)");
    let step = bind(user, what, "kubectl calico rbac", ROLE);
    by_another(step, destination)
}

/// The same for the ClusterRole of `kubectl calico rbac --probe`.
pub(crate) fn grant_probe(user: Option<&str>, destination: &Destination) -> Step {
    let name = name(user);
    let what = format!(
        "grant {name} permission to create and delete CalicoNodeStatuses, and to read everything else"
    );
    let step = bind(user, what, "kubectl calico rbac --probe", PROBE_ROLE);
    by_another(step, destination)
}

/// The name of the ClusterRole that `kubectl calico rbac` prints.
pub(crate) const ROLE: &str = "kubectl-calico";

/// The name of the ClusterRole with `--probe`.
pub(crate) const PROBE_ROLE: &str = "kubectl-calico-probe";

/// The user, or a placeholder.
fn name(user: Option<&str>) -> &str {
    user.filter(|user| is_plain(user)).unwrap_or("USER")
}

/// Nobody can grant what they do not have: another user runs it.
fn by_another(mut step: Step, destination: &Destination) -> Step {
    destination.as_another_user().address(&mut step);
    step
}

fn bind(user: Option<&str>, what: String, print: &str, role: &str) -> Step {
    let name = name(user);
    let service_account = name.strip_prefix("system:serviceaccount:");
    let subject = match service_account {
        Some(account) => format!("--serviceaccount={account}"),
        None => format!("--user={name}"),
    };
    Step::new(what)
        .run(format!("{print} | kubectl apply -f -"))
        .run(format!(
            "kubectl create clusterrolebinding {role}-{} --clusterrole={role} {subject}",
            binding(service_account.unwrap_or(name))
        ))
}

/// Whether a shell takes the name as it is.
fn is_plain(user: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@+:,./_-".contains(c);
    user.len() <= 253
        && user.starts_with(|c: char| c.is_ascii_alphanumeric())
        && user.chars().all(plain)
}

/// The name of the binding: one that Kubernetes accepts.
fn binding(user: &str) -> String {
    let name: String = user
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(user: Option<&str>) -> String {
        grant(user, &Destination::default())
            .commands
            .last()
            .unwrap()
            .clone()
    }

    #[test]
    fn the_binding_is_for_the_user_that_was_denied() {
        let bind = "kubectl create clusterrolebinding kubectl-calico-";
        let role = "--clusterrole=kubectl-calico";
        for (user, wanted) in [
            (Some("jane"), format!("{bind}jane {role} --user=jane")),
            (
                Some("oidc:Jane@example.com"),
                format!("{bind}oidc-jane-example-com {role} --user=oidc:Jane@example.com"),
            ),
            (
                Some("system:serviceaccount:ops:fleet"),
                format!("{bind}ops-fleet {role} --serviceaccount=ops:fleet"),
            ),
            (Some("x; reboot"), format!("{bind}user {role} --user=USER")),
            (None, format!("{bind}user {role} --user=USER")),
        ] {
            assert_eq!(command(user), wanted);
        }
    }
}
