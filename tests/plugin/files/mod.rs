//! Files and folders that are given with `-f`.

mod foreign;
mod limits;
