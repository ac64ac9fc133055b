//! lossmask: which tokens of a conversation a fine-tuning run trains, and why.
//!
//! The map of the crate, in the order in which text flows through it. A module may use the ones above it and
//! never one below; `tests/architecture.rs` checks that.
//!
//! | module | what it turns into what |
//! | --- | --- |
//! | [`span`], [`bilingual`], [`diagnostic`] | the words every other module speaks: byte ranges, zh + en text, findings |
//! | [`dialogue`] | pasted text ▶ [`dialogue::Conversation`] |
//! | [`template`] | messages ▶ rendered text, and who wrote each byte of it |
//! | [`tokenizer`] | text ▶ ids and byte offsets |
//! | [`bring`] | the names and bytes of a user's files, or a model id ▶ which of them are a tokenizer's |
//! | [`loss`] | logits and labels ▶ masked cross-entropy and its gradient |
//! | [`recipe`] | a conversation, a template and a tokenizer ▶ [`recipe::Sample`]s, one file a trainer |
//! | [`batch`] | samples ▶ what is cut off, rows that are padded or packed, and what each position is compared with |
//! | [`lab`] | samples ▶ two small models, trained with the mask and without, and what each token costs them |
//! | [`diagnose`] | a sample ▶ what is wrong with it |
//! | [`examples`] | an id ▶ a dialogue to start from, and the choices that make its point visible |
//! | [`lesson`] | a step of the lesson ▶ what is said at it; what it sets on the page is the page's |
//! | [`engine`] | [`engine::Request`] ▶ [`engine::Report`]: the one function every face calls |
//! | [`listing`] | a dialogue ▶ what a copied listing makes of it, step by step, and what is wrong with it |
//! | [`export`] | a request ▶ files: a program for the trainer, rows, pictures |
//! | `cli` | the native command: flags and files ▶ [`engine::Request`], [`engine::Report`] ▶ text or JSON (native only) |
//! | [`js`] | what the JavaScript package says and hears |
//! | [`app`] | the Yew page and its worker; what touches the browser is wasm only |

pub mod batch;
pub mod bilingual;
pub mod bring;
pub mod diagnose;
pub mod diagnostic;
pub mod dialogue;
pub mod engine;
pub mod examples;
pub mod export;
pub mod lab;
pub mod lesson;
pub mod listing;
pub mod loss;
pub mod recipe;
pub mod span;
pub mod template;
pub mod tokenizer;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;

pub mod js;

pub mod app;
