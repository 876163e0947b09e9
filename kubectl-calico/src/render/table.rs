//! Columns, padded as kubectl pads them.

use calico_core::text::printable;
use unicode_width::UnicodeWidthStr;

/// Rows as lines, the first being the heading; three spaces between columns.
pub(super) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(printable).collect())
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| {
                let padding = " ".repeat(width.saturating_sub(cell.width()));
                format!("{cell}{padding}")
            });
            cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let lines = table(&[
            row(&["NAME", "CIDR"]),
            row(&["é", "10.0.0.0/8"]),
            row(&["a\u{1b}b", ""]),
        ]);
        assert_eq!(
            lines,
            ["NAME       CIDR", "é          10.0.0.0/8", "a\\u{1b}b"]
        );
    }
}
