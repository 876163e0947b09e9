//! A shell that records its commands and their output.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use tempfile::TempDir;

/// A home directory, programs on PATH, and a record of the commands and their output.
pub(crate) struct Terminal {
    /// The path of the record.
    record_path: PathBuf,
    folder: TempDir,
    path: String,
    variables: Vec<(String, PathBuf)>,
    record: Mutex<String>,
}

/// The output of a command, and whether it succeeded.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) success: bool,
    pub(crate) text: String,
}

impl Terminal {
    /// A terminal whose record is written to target/tmp/KIND/NAME.txt.
    pub(crate) fn new(kind: &str, name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        Self {
            record_path: records(kind).join(format!("{name}.txt")),
            path: format!("{}/bin:/usr/bin:/bin", folder.path().display()),
            folder,
            variables: Vec::new(),
            record: Mutex::default(),
        }
    }

    pub(crate) fn set(&mut self, variable: &str, value: &Path) {
        self.variables.push((variable.to_owned(), value.to_owned()));
    }

    /// Adds a program to PATH, in the place of one of that name.
    pub(crate) fn add_program(&self, name: &str, binary: &Path) {
        let path = self.folder.path().join("bin").join(name);
        let _ = fs::remove_file(&path);
        symlink(binary, path).unwrap();
    }

    /// Adds a script to PATH, in the place of a program of that name.
    pub(crate) fn add_script(&self, name: &str, script: &str) {
        let path = self.folder.path().join("bin").join(name);
        let _ = fs::remove_file(&path);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Adds a directory to the front of PATH.
    pub(crate) fn prepend_path(&mut self, folder: &Path) {
        self.path = format!("{}:{}", folder.display(), self.path);
    }

    /// A path in the home directory, which is the working directory.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join("home").join(name)
    }

    /// Links a file or directory into the home directory.
    pub(crate) fn link(&self, name: &str, from: &Path) {
        symlink(from, self.home(name)).unwrap();
    }

    /// Adds a heading to the record.
    pub(crate) fn heading(&self, text: &str) {
        self.record
            .lock()
            .unwrap()
            .push_str(&format!("\n# {text}\n\n"));
    }

    /// Runs a command and records its output.
    pub(crate) fn run(&self, command: &str) -> Shown {
        let output = self.shell(&format!("exec 2>&1; {command}"));
        let text = self.read(&output.stdout);
        let shown = format!("$ {command}\n{text}");
        let mut record = self.record.lock().unwrap();
        record.push_str(shown.trim_end_matches('\n'));
        record.push('\n');
        Shown {
            success: output.status.success(),
            text,
        }
    }

    /// Runs a command without recording it, and returns its standard output.
    pub(crate) fn output(&self, command: &str) -> String {
        self.read(&self.shell(command).stdout)
    }

    /// The output, with `~` for the home directory.
    fn read(&self, output: &[u8]) -> String {
        let text = String::from_utf8(output.to_vec()).expect("UTF-8");
        text.replace(&self.home("").display().to_string(), "~/")
            .replace(&self.folder.path().display().to_string(), "")
    }

    fn shell(&self, command: &str) -> Output {
        let folder = self.folder.path();
        Command::new("bash")
            .args(["-c", command])
            .current_dir(folder.join("home"))
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", folder.join("home"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .expect("a shell starts")
    }
}

/// The folder of the records of one kind of test.
pub(crate) fn records(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(kind)
}

impl Drop for Terminal {
    /// Writes the record, also if the test has failed.
    fn drop(&mut self) {
        let record = self
            .record
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let folder = self.record_path.parent().unwrap();
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.record_path, record.trim_start()));
        if let Err(error) = written {
            eprintln!("no record in {}: {error}", self.record_path.display());
        }
    }
}

impl Shown {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert!(self.success, "it failed:\n{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn failed(self) -> Self {
        assert!(!self.success, "it succeeded:\n{}", self.text);
        self
    }

    /// The output contains this.
    #[track_caller]
    pub(crate) fn shows(self, wanted: &str) -> Self {
        assert!(
            self.text.contains(wanted),
            "{wanted:?} is not in:\n{}",
            self.text
        );
        self
    }

    /// The output does not contain this.
    #[track_caller]
    pub(crate) fn does_not_show(self, unwanted: &str) -> Self {
        assert!(
            !self.text.contains(unwanted),
            "{unwanted:?} is in:\n{}",
            self.text
        );
        self
    }
}
