//! What programs may access outside the workspace, as the command line grants it.

use std::path::PathBuf;

/// Permissions. Nothing is granted by default, and `--sandbox` overrides all other options.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Capabilities {
    /// Grant nothing, even if other options do
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// Grant reading of files: all files, or those in the folder PATH
    #[arg(long, global = true, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "/")]
    pub allow_read: Vec<PathBuf>,

    /// Grant writing of files: all files, or those in the folder PATH
    #[arg(long, global = true, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "/")]
    pub allow_write: Vec<PathBuf>,

    /// Grant running of other programs
    #[arg(long, global = true)]
    pub allow_run: bool,

    /// Grant reading of environment variables
    #[arg(long, global = true)]
    pub allow_env: bool,
}
