//! The losses of a run as CSV.

use std::fmt::Write as _;

use super::session::{Losses, Record};

/// A line for each step under a line of names. An empty cell is a loss that does not exist.
pub fn csv(records: &[Record]) -> String {
    let mut out = String::from("step");
    for model in ["masked", "unmasked"] {
        for loss in ["reported", "reply", "prompt"] {
            let _ = write!(out, ",{model}_{loss}");
        }
    }
    out.push('\n');
    for record in records {
        let _ = write!(out, "{}", record.step);
        for Losses { reported, reply, prompt } in [record.masked, record.unmasked] {
            for loss in [reported, reply, prompt] {
                let _ = if loss.is_finite() { write!(out, ",{loss}") } else { write!(out, ",") };
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_line_with_a_cell_for_each_loss() {
        let losses = |reported| Losses { reported, reply: 0.25, prompt: f32::NAN };
        let record = Record { step: 1, masked: losses(1.5), unmasked: losses(2.0) };
        assert_eq!(
            csv(&[record]),
            "step,masked_reported,masked_reply,masked_prompt,unmasked_reported,unmasked_reply,unmasked_prompt\n\
             1,1.5,0.25,,2,0.25,\n"
        );
    }
}
