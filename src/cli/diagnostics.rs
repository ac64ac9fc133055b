//! Findings on standard error.

use super::Stop;
use super::input::File;
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// A finding that points into `file`, as it is printed: with its severity, unless it is an error, and its code.
pub(super) fn render(finding: &Diagnostic, file: &File) -> String {
    let word = match finding.severity {
        Severity::Error => "",
        Severity::Warning => "warning: ",
        Severity::Note => "note: ",
    };
    let message = format!("{word}{} [{}]", finding.message.en, finding.code);
    let message = Bilingual::new(message, finding.message.zh.clone());
    Diagnostic { message, ..finding.clone() }.render(&file.name, &file.text)
}

/// What says that samples were left out: for a script that is an error.
const LEFT_OUT: [&str; 2] = ["too-many-tokens", "too-many-samples"];

/// Prints findings that point into `file`; `true` where none is an error, and nothing is left out.
pub(super) fn print<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>, file: &File) -> bool {
    let mut clean = true;
    for finding in findings {
        eprintln!("{}", render(finding, file));
        clean &= finding.severity != Severity::Error && !LEFT_OUT.contains(&finding.code.as_ref());
    }
    clean
}

/// Whether a finding says that the call itself is wrong.
pub(super) fn is_wrong_call(finding: &Diagnostic) -> bool {
    const WRONG_CALLS: [&str; 7] = [
        "unknown-option",
        "bad-option-value",
        "unknown-recipe",
        "unknown-template",
        "unknown-tokenizer",
        "batch-setting",
        "no-such-pad-token",
    ];
    WRONG_CALLS.contains(&finding.code.as_ref())
}

/// The end of a call that is wrong, as a finding says.
pub(super) fn wrong_call(finding: &Diagnostic) -> Stop {
    let hint = finding.hint.as_ref().map(|hint| format!("\nhint: {}", hint.en)).unwrap_or_default();
    Stop::Usage(format!("{} [{}]{hint}", finding.message.en, finding.code))
}
