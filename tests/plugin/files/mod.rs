//! Files and folders that are given with `-f`.

mod cut_off;
mod foreign;
mod limits;
