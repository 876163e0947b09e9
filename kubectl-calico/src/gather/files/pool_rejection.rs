//! What Calico's API server rejects of the IPPools in manifests.

use calico_core::cidr::Cidr;
use calico_core::defaults::default_block_size;
use calico_core::text::quoted;
use serde_yaml::{Mapping, Value};

use crate::gather::file_object::{FileObject, ObjectKey};
use crate::parse_error::in_words;
use crate::snapshot::resources::V3;
use crate::snapshot::{InvalidField, IpPoolSpec, ObjectRef, RejectedChange};

/// What the API server rejects of an IPPool: in Calico's API, what it validates; in the CRD of
/// crd.projectcalico.org/v1, which checks little else, values of another type.
pub(super) fn invalid(object: &FileObject, api_version: &str) -> Option<(ObjectRef, InvalidField)> {
    if object.kind != "IPPool" {
        return None;
    }
    let spec = object.value.get("spec").cloned().unwrap_or_default();
    if may_be_converted(&spec) {
        return None;
    }
    let invalid = match serde_yaml::from_value::<IpPoolSpec>(spec) {
        Ok(spec) if api_version.starts_with(V3) => spec.invalid_field()?,
        Ok(_) => return None,
        Err(why) => InvalidField {
            field: "spec",
            value: in_words(&why),
            why: format!("spec: {}", in_words(&why)),
        },
    };
    Some((
        ObjectRef::named("IPPool", object.meta.name.as_str()),
        invalid,
    ))
}

/// The other pool that a new one overlaps, in Calico's API. Its server compares a pool with the others only when
/// it is created. Where the CRDs of projectcalico.org/v3 hold the pools, there is no such server.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go.
pub(super) fn overlap<'a>(
    object: &FileObject,
    others: impl Iterator<Item = (&'a ObjectKey, &'a FileObject)>,
) -> Option<(ObjectRef, InvalidField)> {
    if object.kind != "IPPool" || !object.api_version.starts_with(V3) {
        return None;
    }
    let text = |object: &FileObject| {
        let cidr = object.value.get("spec")?.get("cidr")?.as_str()?;
        Some(cidr.to_owned())
    };
    let value = text(object)?;
    let cidr: Cidr = value.parse().ok()?;
    let mut others = others.filter(|((group, kind, _, name), _)| {
        kind == "IPPool" && !group.starts_with(V3) && *name != object.meta.name
    });
    let (name, other) = others.find_map(|(_, other)| {
        let other_cidr = text(other)?;
        let overlaps = other_cidr.parse().is_ok_and(|other| cidr.overlaps(&other));
        overlaps.then(|| (other.reference(), other_cidr))
    })?;
    let why = format!("spec.cidr {} overlaps {name} ({other})", quoted(&value));
    let invalid = InvalidField {
        field: "spec.cidr",
        value,
        why,
    };
    Some((
        ObjectRef::named("IPPool", object.meta.name.as_str()),
        invalid,
    ))
}

/// Whether a number has a point: kubectl makes an integer of 26.0, which JSON may contain, too.
fn may_be_converted(spec: &Value) -> bool {
    let fields = spec.as_mapping().into_iter().flat_map(Mapping::values);
    fields.into_iter().any(Value::is_f64)
}

/// The change of an immutable field of an IPPool.
/// Source: projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go and
/// api/config/crd/projectcalico.org_ippools.yaml.
pub(super) fn immutable_change(object: &FileObject, before: &Value) -> Option<RejectedChange> {
    if object.kind != "IPPool" {
        return None;
    }
    let pool = |value: &Value| {
        let spec = value.get("spec").cloned().unwrap_or_default();
        serde_yaml::from_value::<IpPoolSpec>(spec).ok()
    };
    let (existing, requested) = (pool(before)?, pool(&object.value)?);
    let cidr = |pool: &IpPoolSpec| pool.cidr.parse::<Cidr>().ok();
    let change = |field, existing: String, requested: String| RejectedChange {
        object: ObjectRef::named("IPPool", object.meta.name.as_str()),
        field,
        existing,
        requested: if requested.is_empty() {
            "no value".to_owned()
        } else {
            requested
        },
    };
    if existing.cidr != requested.cidr
        && (cidr(&existing).is_none() || cidr(&existing) != cidr(&requested))
    {
        return Some(change("spec.cidr", existing.cidr, requested.cidr));
    }
    let size = |pool: &IpPoolSpec| {
        let given = pool.block_size.filter(|size| *size != 0);
        given.or_else(|| Some(default_block_size(cidr(pool)?.family()).into()))
    };
    let (old, new) = (size(&existing)?, size(&requested)?);
    (old != new).then(|| change("spec.blockSize", old.to_string(), new.to_string()))
}
