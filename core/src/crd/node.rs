//! What a schema says about one value.

use crate::operator::OperatorVersion;

/// The schema of a value.
pub(crate) enum Node {
    /// An object with these properties and no others.
    Object(&'static [Property]),
    /// An object with any keys, whose values have the schema.
    Map(&'static Self),
    /// An array whose items have the schema.
    List(&'static Self),
    /// A string.
    Text,
    /// One of a set of strings.
    Names(&'static [Name]),
    /// An integer of 32 bits.
    Integer,
    /// A boolean.
    Boolean,
    /// An integer or a string, such as `1` or `10%`.
    IntegerOrText,
    /// A quantity, such as `100Mi`, or an integer.
    Quantity,
    /// A string in base64.
    Base64,
    /// An object whose content is not checked: pod overrides, which have Kubernetes' own schema.
    AnyObject,
    /// An array whose content is not checked, for the same reason.
    AnyList,
}

/// A property of an object.
pub(crate) struct Property {
    pub(crate) key: &'static str,
    pub(crate) node: Node,
    pub(crate) is_required: bool,
    pub(super) versions: Versions,
}

/// One of a set of values.
pub(crate) struct Name {
    pub(crate) text: &'static str,
    pub(super) versions: Versions,
}

/// The operators whose CRD has something: `first` and later, except from `gone` until `again`.
#[derive(Clone, Copy)]
pub(super) struct Versions {
    first: (u32, u32),
    gone: Option<(u32, u32)>,
    again: Option<(u32, u32)>,
}

const ALL: Versions = Versions {
    first: (0, 0),
    gone: None,
    again: None,
};

impl Versions {
    fn have(self, operator: OperatorVersion) -> bool {
        let reached = |(minor, patch)| operator >= OperatorVersion::new(1, minor, patch);
        reached(self.first) && (!self.gone.is_some_and(reached) || self.again.is_some_and(reached))
    }

    /// The first operator that has it, such as `1.36.4` or `1.38`.
    fn introduced(self) -> String {
        match self.first {
            (minor, 0) => format!("1.{minor}"),
            (minor, patch) => format!("1.{minor}.{patch}"),
        }
    }
}

/// A property that every operator's CRD has.
pub(super) const fn property(key: &'static str, node: Node) -> Property {
    Property {
        key,
        node,
        is_required: false,
        versions: ALL,
    }
}

/// A value that every operator's CRD has.
pub(super) const fn name(text: &'static str) -> Name {
    Name {
        text,
        versions: ALL,
    }
}

impl Property {
    pub(super) const fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// Introduced in operator 1.`minor`.
    pub(super) const fn since(self, minor: u32) -> Self {
        self.since_patch(minor, 0)
    }

    /// Introduced in operator 1.`minor`.`patch`.
    pub(super) const fn since_patch(self, minor: u32, patch: u32) -> Self {
        Self {
            versions: Versions {
                first: (minor, patch),
                ..self.versions
            },
            ..self
        }
    }

    /// Removed in operator 1.`gone` and restored in 1.`again`.
    pub(super) const fn except(self, gone: u32, again: u32) -> Self {
        Self {
            versions: Versions {
                gone: Some((gone, 0)),
                again: Some((again, 0)),
                ..self.versions
            },
            ..self
        }
    }

    pub(crate) fn is_in(&self, operator: OperatorVersion) -> bool {
        self.versions.have(operator)
    }

    pub(crate) fn introduced(&self) -> String {
        self.versions.introduced()
    }
}

impl Name {
    /// Introduced in operator 1.`minor`.
    pub(super) const fn since(self, minor: u32) -> Self {
        Self {
            versions: Versions {
                first: (minor, 0),
                ..self.versions
            },
            ..self
        }
    }

    pub(crate) fn is_in(&self, operator: OperatorVersion) -> bool {
        self.versions.have(operator)
    }

    pub(crate) fn introduced(&self) -> String {
        self.versions.introduced()
    }
}
