//! Files and folders that are given with `-f`.

mod collected;
mod cut_off;
mod foreign;
mod limits;
mod odd;
