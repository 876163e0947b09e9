//! How much memory kept values take, against a limit for the whole run.

use std::cell::Cell;

/// What an object costs besides its values, in bytes.
const OBJECT: usize = 1024;

/// What a value costs besides its text, in bytes.
const VALUE: usize = 64;

/// Counts what is kept. The count is an estimate that errs on the high side.
#[derive(Debug)]
pub struct Meter {
    left: Cell<usize>,
    is_exhausted: Cell<bool>,
}

/// The limit has been reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

impl Meter {
    /// A limit in bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            left: Cell::new(limit),
            is_exhausted: Cell::new(false),
        }
    }

    /// Whether something was not kept because the limit was reached.
    pub fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }

    /// What is left, in bytes.
    pub fn left(&self) -> usize {
        self.left.get()
    }

    /// Undoes the counting since this much was left.
    pub fn restore(&self, left: usize) {
        self.left.set(left);
    }

    pub(super) fn object(&self) -> Result<(), Exhausted> {
        self.take(OBJECT)
    }

    pub(super) fn value(&self, text: usize) -> Result<(), Exhausted> {
        self.take(VALUE + text)
    }

    fn take(&self, bytes: usize) -> Result<(), Exhausted> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.is_exhausted.set(true);
                Err(Exhausted)
            }
        }
    }
}
