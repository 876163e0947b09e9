//! `helm-postrender install-plugin`: what the Helm of this machine needs to run this program, set up
//! from the program alone.
//!
//! Helm 3 runs a post-renderer that is on PATH. Helm 4 runs only plugins. Both read the same directory of
//! plugins; Helm 3 (3.17.2, 3.21.4: pkg/plugin) cannot read a Helm 4 plugin, and then loads none of its
//! own. So a directory with plugins in Helm 3's format is left as it is, unless the user insists.

use std::env::{self, consts};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use calico_core::text::printable;
use clap::Parser;
use serde::Deserialize;

use crate::cluster::{child_process, kubectl_calico};
use crate::error::Error;

/// The plugin's metadata, which is also part of the archive of a release.
const MANIFEST: &str = include_str!("../plugin.yaml");

/// The plugin's name, which `--post-renderer` gives.
const NAME: &str = "helm-postrender";

const HELM_TIMEOUT: Duration = Duration::from_secs(60);
const HELM_OUTPUT: u64 = 1 << 16;

/// Install this program as a Helm 4 plugin, replacing any earlier version.
///
/// Helm 3 needs no plugin: it runs the program that is on PATH.
#[derive(Parser, Debug)]
#[command(
    name = "helm-postrender install-plugin",
    bin_name = "helm-postrender install-plugin",
    term_width = 80
)]
pub(crate) struct InstallFlags {
    /// Helm program to install the plugin for
    #[arg(long, value_name = "PROGRAM", default_value = "helm")]
    helm: PathBuf,

    /// Install it next to plugins in Helm 3's format, which Helm 3 can then no longer load
    #[arg(long)]
    force: bool,
}

/// The parts of a plugin.yaml that matter here.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "apiVersion")]
    api_version: Option<String>,
    name: String,
}

/// A plugin in Helm's directory.
struct Plugin {
    directory: PathBuf,
    metadata: Metadata,
}

/// Sets up what Helm needs, and returns a text that says what was done.
pub(crate) fn install(flags: &InstallFlags) -> Result<String, Error> {
    let binary = env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| Error::Io(format!("the path of this program is unknown: {error}")))?;
    let helm = Helm::find(&flags.helm)?;
    let version = helm.output(&["version", "--template", "{{.Version}}"])?;
    if version.starts_with("v3.") {
        return on_path(&version, &binary);
    }
    let plugins = helm.plugins_directory()?;
    let installed = read_plugins(&plugins)?;
    let for_helm_3: Vec<&str> = installed
        .iter()
        .filter(|plugin| plugin.metadata.api_version.is_none())
        .map(|plugin| plugin.metadata.name.as_str())
        .collect();
    if !for_helm_3.is_empty() && !flags.force {
        return Err(Error::Io(format!(
            "nothing was installed: {} has plugins in Helm 3's format ({}), and Helm 3 cannot load them next to a Helm 4 plugin\n  fix: if only Helm 4 uses this directory, repeat the command with --force; otherwise give Helm 4 another directory with HELM_DATA_HOME, here and in later Helm commands",
            plugins.display(),
            printable(for_helm_3.join(", "))
        )));
    }
    let place = plugins.join(NAME);
    let reader = kubectl_calico::next_to(&binary);
    let staged = stage(&plugins, &binary, reader.as_deref())?;
    if installed
        .iter()
        .any(|plugin| plugin.metadata.name == NAME || plugin.directory == place)
    {
        helm.output(&["plugin", "uninstall", NAME])?;
    }
    fs::rename(staged.path().join(NAME), &place)
        .map_err(|error| cannot("write", &place, &error))?;
    let reader = reader.map_or(String::new(), |path| {
        format!(
            "\n          a copy of {}, which --from-cluster runs",
            path.display()
        )
    });
    Ok(format!(
        "Installed {NAME} {} as a plugin of Helm {version}\n  plugin  {}\n  binary  a copy of {}{reader}\nUse it with --post-renderer {NAME}. After an upgrade of the binary, run this command again.\n",
        env!("CARGO_PKG_VERSION"),
        place.display(),
        binary.display()
    ))
}

/// Helm 3 runs this program if PATH leads to it.
fn on_path(version: &str, binary: &Path) -> Result<String, Error> {
    let found = which::which(NAME).ok();
    let is_this = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| path == binary);
    match found {
        Some(path) if is_this(&path) => Ok(format!(
            "Helm {version} needs no plugin: it runs {}, which is on PATH\n",
            path.display()
        )),
        Some(path) => Err(Error::Io(format!(
            "Helm {version} would run {}, which comes first on PATH, and not {}\n  fix: replace that file with this one",
            path.display(),
            binary.display()
        ))),
        None => Err(Error::Io(format!(
            "Helm {version} needs no plugin, but runs {NAME} from PATH, and it is not there\n  fix: copy {} to a directory on PATH",
            binary.display()
        ))),
    }
}

/// A Helm that can be asked.
struct Helm(PathBuf);

impl Helm {
    fn find(program: &Path) -> Result<Self, Error> {
        which::which(program).map(Self).map_err(|_| {
            Error::Io(format!(
                "there is no program {}\n  fix: pass the path of Helm with --helm",
                program.display()
            ))
        })
    }

    /// The output of a Helm command that succeeds, without white space around it.
    fn output(&self, arguments: &[&str]) -> Result<String, Error> {
        let command = || format!("{} {}", self.0.display(), arguments.join(" "));
        let mut helm = std::process::Command::new(&self.0);
        let ended = child_process::run(helm.args(arguments), HELM_TIMEOUT, HELM_OUTPUT)
            .map_err(|error| Error::Io(format!("{}: {error}", command())))?;
        if ended.ending.code() != Some(0) {
            let why = String::from_utf8_lossy(&ended.stderr);
            return Err(Error::Io(format!("{} failed\n{}", command(), why.trim())));
        }
        Ok(String::from_utf8_lossy(&ended.stdout).trim().to_owned())
    }

    /// The first directory in which it looks for plugins.
    fn plugins_directory(&self) -> Result<PathBuf, Error> {
        let directories = self.output(&["env", "HELM_PLUGINS"])?;
        env::split_paths(&directories)
            .find(|directory| directory.is_absolute())
            .ok_or_else(|| Error::Io("`helm env HELM_PLUGINS` prints no directory".to_owned()))
    }
}

/// The plugins in Helm's directory. What Helm cannot read either is not one.
fn read_plugins(directory: &Path) -> Result<Vec<Plugin>, Error> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot("read", directory, &error)),
    };
    let plugins = entries.flatten().filter_map(|entry| {
        let directory = entry.path();
        let text = fs::read_to_string(directory.join("plugin.yaml")).ok()?;
        let metadata = serde_yaml::from_str(&text).ok()?;
        Some(Plugin {
            directory,
            metadata,
        })
    });
    Ok(plugins.collect())
}

/// Lays the plugin out next to Helm's directory of plugins, so that one rename puts it there: Helm would
/// load an unfinished one. `reader` is the kubectl-calico that the plugin runs if there is none on PATH.
fn stage(plugins: &Path, binary: &Path, reader: Option<&Path>) -> Result<tempfile::TempDir, Error> {
    let program = program_of(consts::OS, consts::ARCH)?;
    fs::create_dir_all(plugins).map_err(|error| cannot("create", plugins, &error))?;
    let beside = plugins.parent().unwrap_or(plugins);
    let staged =
        tempfile::tempdir_in(beside).map_err(|error| cannot("write to", beside, &error))?;
    let copy = staged.path().join(NAME).join(program);
    let directory = copy.parent().unwrap_or(beside);
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(staged.path().join(NAME).join("plugin.yaml"), MANIFEST))
        .and_then(|()| fs::copy(binary, &copy))
        .and_then(
            |_| match reader.and_then(|path| Some((path, path.file_name()?))) {
                Some((path, name)) => fs::copy(path, directory.join(name)),
                None => Ok(0),
            },
        )
        .map_err(|error| cannot("write to", staged.path(), &error))?;
    Ok(staged)
}

/// The place of the program in the plugin, as plugin.yaml gives it for a platform in Rust's names.
fn program_of(os: &str, arch: &str) -> Result<String, Error> {
    let os = if os == "macos" { "darwin" } else { os };
    let arch = match arch {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        arch => arch,
    };
    let directory = format!("${{HELM_PLUGIN_DIR}}/bin/{os}-{arch}/");
    MANIFEST
        .split_whitespace()
        .find(|word| word.starts_with(&directory))
        .and_then(|word| word.strip_prefix("${HELM_PLUGIN_DIR}/"))
        .map(str::to_owned)
        .ok_or_else(|| Error::Io(format!("plugin.yaml has no program for {os}/{arch}")))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::Io(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugin_yaml_has_the_version_of_the_crate_and_this_platform() {
        assert!(MANIFEST.contains(concat!("version: ", env!("CARGO_PKG_VERSION"), "\n")));
        assert!(program_of(consts::OS, consts::ARCH).is_ok());
        assert!(program_of("macos", "aarch64").is_ok_and(|path| path.contains("darwin-arm64")));
        assert!(program_of("linux", "riscv64").is_err());
    }
}
