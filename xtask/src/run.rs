//! Running programs, and telling the reader which step runs and how long it took.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A value, or the sentence that tells a person what went wrong.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// Nothing, or what went wrong.
pub(crate) type Done = Result<()>;

/// Runs one step: prints what it does, and then how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {what} …");
    let _ = std::io::stdout().flush();
    let start = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    println!("{mark} {what} ({})", seconds(start.elapsed()));
    result
}

/// A duration as people read it: `0.24 s`, `35 s`, `3 min 05 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let total = time.as_secs();
    match total {
        0..10 => format!("{:.2} s", time.as_secs_f64()),
        10..60 => format!("{total} s"),
        _ => format!("{} min {:02} s", total / 60, total % 60),
    }
}

/// A warning that does not stop the work.
pub(crate) fn warn(message: &str) {
    println!("! {message}");
}

/// Runs a program whose output the reader sees; an exit status other than zero is an error.
pub(crate) fn run(command: &mut Command) -> Done {
    let call = describe(command);
    let status = command.status().map_err(|error| format!("`{call}` did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{call}` failed ({status})")) }
}

/// Runs a program and returns what it prints on standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let call = describe(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("`{call}` did not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!("`{call}` failed ({})\n{detail}", output.status))
    }
}

/// `cargo` with these arguments, run at the top of the repository.
pub(crate) fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(crate::paths::root());
    command
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Explains a failed file operation with the path that it was about.
pub(crate) fn at<E: std::fmt::Display>(path: &std::path::Path) -> impl FnOnce(E) -> String {
    move |error| format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_words() {
        assert_eq!(seconds(Duration::from_millis(240)), "0.24 s");
        assert_eq!(seconds(Duration::from_secs(35)), "35 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("surely-not-a-program")).unwrap_err();
        assert!(error.contains("surely-not-a-program"), "{error}");
    }
}
