//! What the page is made of: one file a part, function components only.

mod bar;
mod block;
mod bring;
mod compare;
mod dataset;
mod diagnostics;
mod editor;
mod file;
mod format;
mod gallery;
mod given;
mod hub;
mod icons;
mod inspector;
mod keys;
mod lab;
pub(crate) mod page;
mod sample;
mod samples;
mod setup;
mod shared;
mod stepper;
mod summary;
mod tabs;
mod template;
mod template_pane;
mod turns;
