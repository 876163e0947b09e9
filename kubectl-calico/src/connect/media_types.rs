//! The types of responses, as in `Accept`.

/// The types of a response that is parsed.
pub(super) const JSON: &str = "application/json";

/// The types of a response that is parsed, of Kubernetes' own kinds.
pub(super) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf, application/json";

/// The types of a text, as kubectl requests it. An error is JSON.
pub(super) const ANY_TYPE: &str = "application/json, */*";

/// The type of a list of objects of which only the metadata is wanted. A server that does not know it sends
/// whole objects.
pub(super) const METADATA: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// The type of a watch on metadata, each of whose events has one object.
pub(super) const METADATA_OF_EVENTS: &str =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
