//! Whole projects: `zilde.toml` at the root, and a `setup.apl` beside or above each test file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::compare::Tolerance;
use super::{folder_of, units};

/// The name of a project's file.
const FILE: &str = "zilde.toml";

/// The name of a script that runs before the test files of its folder and of the folders in it.
pub const SETUP: &str = "setup.apl";

/// What a project says about its tests; the default is none.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The folder of `zilde.toml`, or the present folder.
    pub root: PathBuf,
    /// `paths`: what is tested where no paths are given.
    pub paths: Vec<PathBuf>,
    /// `load`: source files and folders that are loaded before each test file.
    pub load: Vec<PathBuf>,
    /// `tolerance`
    pub tolerance: Option<Tolerance>,
    /// `seed`
    pub seed: Option<u64>,
    /// `cases`: drawings of a property.
    pub cases: Option<u32>,
    /// `timeout`: the time of an input.
    pub timeout: Option<Duration>,
    /// `file-timeout`
    pub file_timeout: Option<Duration>,
    /// `max-ws`: bytes for the arrays of each file.
    pub max_ws: Option<usize>,
    /// `coverage-min`: percent of the phrases and sides.
    pub coverage_min: Option<f64>,
    /// `jobs`: files that run at the same time.
    pub jobs: Option<usize>,
}

impl Project {
    /// The project that a path belongs to: the nearest folder above it with a `zilde.toml`; or what is wrong with that file.
    pub fn of(path: &Path) -> Result<Project, String> {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        for folder in whole.ancestors() {
            let file = folder.join(FILE);
            if file.is_file() {
                return Project::read(&file).map_err(|why| format!("{}: {why}", file.display()));
            }
        }
        let root = Path::new(".").canonicalize().unwrap_or_default();
        Ok(Project { root, ..Project::default() })
    }

    fn read(file: &Path) -> Result<Project, String> {
        let text = super::files::read(file)?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        let root = folder_of(file).to_path_buf();
        let mut project = Project { root: root.clone(), ..Project::default() };
        for (key, value) in &table {
            let told = |expected: &str| format!("{key}: expected {expected}");
            let text = || value.as_str().ok_or_else(|| told("a text"));
            let number =
                || value.as_integer().and_then(|n| u64::try_from(n).ok()).ok_or_else(|| told("a whole number"));
            let paths = || -> Result<Vec<PathBuf>, String> {
                let items = value.as_array().ok_or_else(|| told("a list of paths"))?;
                let path = |item: &toml::Value| item.as_str().map(|path| root.join(path));
                items.iter().map(path).collect::<Option<_>>().ok_or_else(|| told("a list of paths"))
            };
            let duration = || match value.as_integer() {
                Some(seconds) => units::duration(&seconds.to_string()),
                None => units::duration(text()?),
            };
            match key.as_str() {
                "paths" => project.paths = paths()?,
                "load" => project.load = paths()?,
                "tolerance" => {
                    let written = value.as_float().map(|x| format!("{x:E}").replace('-', "¯"));
                    let written = written.or_else(|| value.as_integer().map(|n| n.to_string()));
                    let written = written.map_or_else(|| text().map(str::to_owned), Ok)?;
                    project.tolerance = Some(Tolerance::read(&written).ok_or_else(|| told("a tolerance, as 1e-9"))?);
                }
                "seed" => project.seed = Some(number()?),
                "cases" => project.cases = Some(u32::try_from(number()?).map_err(|_| told("a number of drawings"))?),
                "timeout" => project.timeout = Some(duration()?),
                "file-timeout" => project.file_timeout = Some(duration()?),
                "max-ws" => project.max_ws = Some(units::size(text()?).map_err(|why| format!("{key}: {why}"))?),
                "coverage-min" => {
                    let percent = value.as_float().or_else(|| value.as_integer().map(|n| n as f64));
                    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
                    project.coverage_min = Some(percent.ok_or_else(|| told("a number from 0 to 100"))?);
                }
                "jobs" => project.jobs = Some(number()?.clamp(1, 1024) as usize),
                _ => {
                    let keys =
                        "paths, load, tolerance, seed, cases, timeout, file-timeout, max-ws, coverage-min and jobs";
                    return Err(format!("{key}: unknown; there are {keys}"));
                }
            }
        }
        Ok(project)
    }

    /// The scripts that run before a test file, the outermost first: those in its folder and above, up to the root.
    pub fn setups(&self, path: &Path) -> Vec<PathBuf> {
        let folder = folder_of(path);
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let mut setups = Vec::new();
        for folder in whole.ancestors() {
            let setup = folder.join(SETUP);
            if setup.is_file() && !path.ends_with(SETUP) {
                setups.push(setup);
            }
            // A file outside of the project has only the script beside it.
            if folder == self.root || !whole.starts_with(&self.root) {
                break;
            }
        }
        setups.reverse();
        setups
    }
}
