//! What a program may reach outside its workspace, as the command line grants it.

use std::path::PathBuf;

/// Grants. Nothing is granted unless asked for, and `--sandbox` refuses whatever else is asked.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Capabilities {
    /// Grant nothing, whatever else is said
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// Grant reading files, all or those beneath PATH
    #[arg(long, global = true, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "/")]
    pub allow_read: Vec<PathBuf>,

    /// Grant writing files, all or those beneath PATH
    #[arg(long, global = true, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "/")]
    pub allow_write: Vec<PathBuf>,

    /// Grant running other programs
    #[arg(long, global = true)]
    pub allow_run: bool,

    /// Grant reading environment variables
    #[arg(long, global = true)]
    pub allow_env: bool,
}
