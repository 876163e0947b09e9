//! The fields of a pool that `helm-postrender` sets.

/// One of the three fields of a pool that `helm-postrender` sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `cidr`
    Cidr,
    /// `blockSize`
    BlockSize,
    /// `encapsulation`
    Encapsulation,
}

impl Field {
    /// All three, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Cidr, Self::BlockSize, Self::Encapsulation];

    /// Its key in a pool of the Installation.
    pub fn key(self) -> &'static str {
        match self {
            Self::Cidr => "cidr",
            Self::BlockSize => "blockSize",
            Self::Encapsulation => "encapsulation",
        }
    }
}
