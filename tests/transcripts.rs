//! Sessions in `apl/`, a file a subject, shown as they would be.

use zilde::testing::run_dir;

#[test]
fn sessions_show_what_they_showed() {
    run_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apl"));
}
