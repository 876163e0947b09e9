//! Expected texts in tests/snapshots.

/// Compares a text with tests/snapshots/NAME.snap. `INSTA_UPDATE=always` writes the file.
pub fn assert_snapshot(name: &str, text: &str) {
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}
