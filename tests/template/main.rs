//! Chat templates: what they render, who owns it, and what becomes of hostile ones.

mod checks;
mod data;
mod fuzz;
mod goldens;
mod hostile;
mod owners;
mod speed;
#[path = "../support/template_holds.rs"]
mod template_holds;
mod twins;
