//! x
pub fn main(_: &super::args::TestArgs, _: &super::args::Options) -> u8 {
    0
}
