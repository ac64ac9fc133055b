//! The loss lab: a small language model that is trained twice on the same samples, with the mask and without.
//!
//! The model is a decoder-only transformer over the tokens that occur in the samples. It is small enough to train in a
//! page, and written to be read: a layer's pass back stands beside its pass forward. Equal seeds give equal losses, natively
//! and in wasm, because nothing here depends on the machine's `exp` or `sin`, or on the order of a sum.
//!
//! | file | what is there |
//! | --- | --- |
//! | `embedding.rs`, `norm.rs`, `attention.rs`, `mlp.rs`, `linear.rs` | the layers, each forward and backward |
//! | `matrix.rs`, `random.rs` | what they are made of |
//! | `model.rs`, `pass.rs`, `adamw.rs` | the shape and the numbers, the passes through all layers, the optimiser |
//! | `vocabulary.rs`, `row.rs`, `settings.rs` | samples ▶ what the model trains on, and what is refused |
//! | `session.rs`, `step.rs`, `generate.rs` | [`Lab`]: two models, step by step and piece by piece, and what they write |
//! | `curves.rs`, `chart.rs` | the losses of a run as CSV and as SVG |
//! | `playground.rs` | what another mask, `ignore_index`, reduction or length would make of the loss |

mod adamw;
mod attention;
mod chart;
mod curves;
mod embedding;
mod generate;
mod linear;
mod matrix;
mod mlp;
mod model;
mod norm;
mod pass;
mod playground;
mod random;
mod row;
mod session;
mod settings;
mod step;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use adamw::{AdamW, Moments};
pub use chart::svg;
pub use curves::csv;
pub use generate::{MOST_WRITTEN, Writing};
pub use model::{Model, Shape, Tensor};
pub use pass::Trace;
pub use playground::{Change, Mask, Played, play};
pub use random::Random;
pub use row::{MOST_TOKENS, MOST_WORDS, Row, Window};
pub use session::{BOTH, Lab, Losses, Progress, Record, Strip, Which};
pub use settings::Settings;
pub use vocabulary::Vocabulary;
